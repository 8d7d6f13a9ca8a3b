// Mix specs of either version as the one form that the desk holds: version 2, every field spelled out.
import type { Clip, GainPoint, Grid, Lane, Loop, LoudnessTarget, Marker, Mix, PanPoint, Span } from "./mix";

type Fields = Readonly<Record<string, unknown>>;

const CLIP_FIELDS = ["trim_start_frames", "trim_end_frames", "offset_frames", "fade_in_frames", "fade_out_frames"] as const;

/** Of what the server accepts, or has written; it is the server that tells what is wrong with one. Throws where it is none. */
export function readMix(json: unknown, rateHz = 44_100): Mix {
  const spec = fieldsOf(json);
  const { version, lanes } = spec;
  if ((version !== 1 && version !== 2) || !Array.isArray(lanes)) throw new Error("This is no mix that the desk can read.");
  return {
    version: 2,
    sample_rate_hz: number(spec, "sample_rate_hz", rateHz),
    lanes: lanes.map((lane) => laneOf(fieldsOf(lane), version)),
    ...stripOf(spec),
    loop: loopOf(spec["loop"]),
    loudness: loudnessOf(spec["loudness"]),
    grid: gridOf(spec["grid"]),
    markers: listOf(spec, "markers").map((one): Marker => ({ at_frames: number(one, "at_frames", 0), name: String(one["name"]) })),
    stems: (spec["stems"] ?? {}) as Mix["stems"],
  };
}

/** A document as the desk holds it: at the rate of its pack. */
export function mixOf(json: unknown, rateHz: number): Mix {
  return atRate(readMix(json, rateHz), rateHz);
}

/** The same mix at another rate: every frame goes to the nearest one. What then falls on one frame gives way. */
export function atRate(mix: Mix, rateHz: number): Mix {
  if (mix.sample_rate_hz === rateHz) return mix;
  const frame = (at: number): number => Math.round((at * rateHz) / mix.sample_rate_hz);
  const placed = <At extends { readonly at_frames: number }>(all: readonly At[]): At[] =>
    all.map((one) => ({ ...one, at_frames: frame(one.at_frames) }));
  const apart = <At extends { readonly at_frames: number }>(all: readonly At[]): At[] =>
    placed(all).filter((one, at, moved) => one.at_frames !== moved[at - 1]?.at_frames);
  const spanned = <One extends Span>(one: One): One => {
    const start = frame(one.start_frames);
    return { ...one, start_frames: start, end_frames: Math.max(start + 1, frame(one.end_frames)) };
  };
  const lanes = mix.lanes.map((lane): Lane => ({
    ...lane,
    clips: lane.clips.map((clip) => {
      const fields = CLIP_FIELDS.map((name) => [name, frame(clip[name])]);
      return Object.fromEntries(fields) as Record<(typeof CLIP_FIELDS)[number], number>;
    }),
    gain_points: apart(lane.gain_points),
    pan_points: apart(lane.pan_points),
    mute_ranges: lane.mute_ranges.map(spanned).filter((one, at, all) => one.start_frames >= (all[at - 1]?.end_frames ?? 0)),
  }));
  return {
    ...mix,
    sample_rate_hz: rateHz,
    lanes,
    gain_points: apart(mix.gain_points),
    pan_points: apart(mix.pan_points),
    loop: mix.loop && spanned(mix.loop),
    grid: mix.grid && { ...mix.grid, first_beat_frames: frame(mix.grid.first_beat_frames) },
    markers: placed(mix.markers),
  };
}

function laneOf(lane: Fields, version: 1 | 2): Lane {
  const clips = version === 1 ? [lane] : lane["clips"] === undefined ? [{}] : listOf(lane, "clips");
  return {
    stem: String(lane["stem"]),
    clips: clips.map(clipOf),
    ...stripOf(lane),
    mute_ranges: listOf(lane, "mute_ranges").map(spanOf),
    muted: lane["muted"] === true,
    solo: lane["solo"] === true,
  };
}

function clipOf(clip: Fields): Clip {
  const fields = CLIP_FIELDS.map((name) => [name, number(clip, name, 0)]);
  return Object.fromEntries(fields) as Record<(typeof CLIP_FIELDS)[number], number>;
}

function stripOf(of: Fields): Pick<Lane, "gain_db" | "pan" | "gain_points" | "pan_points"> {
  return {
    gain_db: number(of, "gain_db", 0),
    pan: number(of, "pan", 0),
    gain_points: listOf(of, "gain_points").map((one): GainPoint => ({ at_frames: number(one, "at_frames", 0), gain_db: number(one, "gain_db", 0) })),
    pan_points: listOf(of, "pan_points").map((one): PanPoint => ({ at_frames: number(one, "at_frames", 0), pan: number(one, "pan", 0) })),
  };
}

function spanOf(span: Fields): Span {
  return { start_frames: number(span, "start_frames", 0), end_frames: number(span, "end_frames", 0) };
}

function loopOf(json: unknown): Loop | null {
  if (json === undefined || json === null) return null;
  const loop = fieldsOf(json);
  return { ...spanOf(loop), times: number(loop, "times", 1) };
}

function loudnessOf(json: unknown): LoudnessTarget | null {
  if (json === undefined || json === null) return null;
  const wanted = fieldsOf(json);
  return { target_lufs: number(wanted, "target_lufs", -14), ceiling_dbtp: number(wanted, "ceiling_dbtp", -1) };
}

function gridOf(json: unknown): Grid | null {
  if (json === undefined || json === null) return null;
  const grid = fieldsOf(json);
  return {
    bpm: number(grid, "bpm", 120),
    beats_per_bar: number(grid, "beats_per_bar", 4),
    first_beat_frames: number(grid, "first_beat_frames", 0),
  };
}

function number(of: Fields, name: string, otherwise: number): number {
  const value = of[name] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${name} of this mix is no number.`);
  return value;
}

function listOf(of: Fields, name: string): readonly Fields[] {
  const list = of[name] ?? [];
  if (!Array.isArray(list)) throw new Error(`${name} of this mix is no list.`);
  return list.map(fieldsOf);
}

function fieldsOf(json: unknown): Fields {
  if (typeof json !== "object" || json === null) throw new Error("This is no mix that the desk can read.");
  return json as Fields;
}
