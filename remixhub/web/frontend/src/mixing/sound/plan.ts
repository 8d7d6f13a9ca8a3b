// A mix laid out for rendering: what sounds where, in plain numbers. Made anew at each change of the mix; cheap.
import type { Clip, Lane, Mix } from "../document/mix";
import { type Curve, curveOf } from "./curves";

/** A stem as it is mixed: at the mix' rate. */
export interface StemShape {
  readonly id: string;
  readonly frames: number;
  readonly channels: 1 | 2;
}

export interface PlannedClip {
  /** Where it begins in the mix, and before which frame it ends. */
  readonly start: number;
  readonly end: number;
  /** Frame of the stem at `start`. */
  readonly first: number;
  readonly fadeIn: number;
  readonly fadeOut: number;
}

export interface Strip {
  readonly gainDb: number;
  readonly pan: number;
  readonly gainCurve: Curve;
  readonly panCurve: Curve;
  readonly muteStarts: Float64Array;
  readonly muteEnds: Float64Array;
}

export interface PlannedLane extends Strip {
  /** Place of the stem among the stems; -1 where it is not there. */
  readonly stem: number;
  readonly channels: 1 | 2;
  readonly isHeard: boolean;
  readonly clips: readonly PlannedClip[];
}

export interface Plan {
  readonly rateHz: number;
  /** Before the loop is unrolled. */
  readonly frames: number;
  readonly lanes: readonly PlannedLane[];
  readonly master: Strip;
  /** Null where it changes nothing. */
  readonly loop: { readonly start: number; readonly end: number; readonly times: number } | null;
}

export function planMix(mix: Mix, stems: readonly StemShape[]): Plan {
  const places = new Map(stems.map((stem, place) => [stem.id, place]));
  const anySolo = mix.lanes.some((lane) => lane.solo);
  const lanes = mix.lanes.map((lane): PlannedLane => {
    const stem = places.get(lane.stem) ?? -1;
    const shape = stems[stem];
    return {
      ...stripOf(lane, lane.mute_ranges),
      stem,
      channels: shape?.channels ?? 2,
      isHeard: !lane.muted && (!anySolo || lane.solo),
      clips: shape === undefined ? [] : lane.clips.map((clip) => clipOf(clip, shape.frames)).filter((clip) => clip.end > clip.start),
    };
  });
  const frames = Math.max(0, ...lanes.flatMap((lane) => lane.clips.map((clip) => clip.end)));
  return { rateHz: mix.sample_rate_hz, frames, lanes, master: stripOf(mix, []), loop: loopOf(mix, frames) };
}

export function emptyPlan(rateHz: number): Plan {
  const master = stripOf({ gain_db: 0, pan: 0, gain_points: [], pan_points: [] }, []);
  return { rateHz, frames: 0, lanes: [], master, loop: null };
}

/** How long it is with its loop unrolled. */
export function unrolledFrames({ frames, loop }: Plan): number {
  return loop === null ? frames : frames + (loop.times - 1) * (loop.end - loop.start);
}

function clipOf(clip: Clip, stemFrames: number): PlannedClip {
  const left = Math.max(0, stemFrames - clip.trim_start_frames - clip.trim_end_frames);
  return {
    start: clip.offset_frames,
    end: clip.offset_frames + left,
    first: clip.trim_start_frames,
    fadeIn: clip.fade_in_frames,
    fadeOut: clip.fade_out_frames,
  };
}

function stripOf(of: Pick<Lane, "gain_db" | "pan" | "gain_points" | "pan_points">, mutes: Lane["mute_ranges"]): Strip {
  return {
    gainDb: of.gain_db,
    pan: of.pan,
    gainCurve: curveOf(of.gain_points, (point) => point.gain_db),
    panCurve: curveOf(of.pan_points, (point) => point.pan),
    muteStarts: Float64Array.from(mutes, (range) => range.start_frames),
    muteEnds: Float64Array.from(mutes, (range) => range.end_frames),
  };
}

function loopOf({ loop }: Mix, frames: number): Plan["loop"] {
  if (loop === null || loop.times < 2) return null;
  const end = Math.min(loop.end_frames, frames);
  return loop.start_frames < end ? { start: loop.start_frames, end, times: loop.times } : null;
}
