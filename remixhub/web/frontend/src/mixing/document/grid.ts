// The tempo grid: edits of it, and what things snap to. It changes no sample.
import { frames, within } from "./bounds";
import { clipFrames, clipSpan } from "./clips";
import type { Grid, Mix } from "./mix";

const NARROWEST_PIXELS = 8;
const NEAR_PIXELS = 8;
/** In bars and beats: 4, 2 and 1 bars, then 1 … 1/16 of a whole note where a beat is a quarter. */
const BARS = [4, 2, 1];
const BEATS = [1, 1 / 2, 1 / 4];
const SECONDS = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60];

export function setGrid(mix: Mix, grid: Grid | null): Mix {
  if (grid === null) return mix.grid === null ? mix : { ...mix, grid: null };
  const now: Grid = {
    bpm: within(grid.bpm, 20, 400),
    beats_per_bar: frames(grid.beats_per_bar, 1, 32),
    first_beat_frames: frames(grid.first_beat_frames),
  };
  const was = mix.grid;
  const isSame = was?.bpm === now.bpm && was.beats_per_bar === now.beats_per_bar && was.first_beat_frames === now.first_beat_frames;
  return isSame ? mix : { ...mix, grid: now };
}

/** The first beat elsewhere; before the start it is the same grid some bars later. */
export function shiftGrid(mix: Mix, byFrames: number): Mix {
  if (mix.grid === null) return mix;
  const bar = barFrames(mix);
  let first = mix.grid.first_beat_frames + byFrames;
  if (first < 0) first += Math.ceil(-first / bar) * bar;
  return setGrid(mix, { ...mix.grid, first_beat_frames: first });
}

/** Not rounded: beats fall between frames. */
export function beatFrames(mix: Mix): number {
  return mix.grid === null ? mix.sample_rate_hz : (60 / mix.grid.bpm) * mix.sample_rate_hz;
}

export function barFrames(mix: Mix): number {
  return beatFrames(mix) * (mix.grid?.beats_per_bar ?? 1);
}

/** The tempo of taps at those moments, null while there are too few or they do not make one. */
export function tappedBpm(momentsMs: readonly number[]): number | null {
  const [first, last] = [momentsMs[0], momentsMs.at(-1)];
  if (first === undefined || last === undefined || momentsMs.length < 4) return null;
  const bpm = (60_000 * (momentsMs.length - 1)) / (last - first);
  return bpm >= 20 && bpm <= 400 ? Math.round(bpm * 10) / 10 : null;
}

/** Frames between two lines of the finest grid that can be told apart: 1/16 … 4 bars, or hundredths of seconds … a minute. */
export function gridStep(mix: Mix, framesPerPixel: number): number {
  const bar = barFrames(mix);
  const beat = beatFrames(mix);
  const steps =
    mix.grid === null
      ? SECONDS.map((seconds) => seconds * mix.sample_rate_hz)
      : [...BARS.map((one) => one * bar), ...BEATS.map((one) => one * beat)].sort((one, other) => one - other);
  return steps.find((step) => step >= NARROWEST_PIXELS * framesPerPixel) ?? steps.at(-1) ?? 1;
}

/** The nearest line of the finest grid that can be told apart. */
export function snapped(mix: Mix, frame: number, framesPerPixel: number): number {
  return snappedTo(mix, frame, gridStep(mix, framesPerPixel));
}

/** The nearest line of a grid of that step. */
export function snappedTo(mix: Mix, frame: number, step: number): number {
  const first = mix.grid?.first_beat_frames ?? 0;
  return frames(Math.round((frame - first) / step) * step + first);
}

export interface Snapping {
  readonly stemFrames: ReadonlyMap<string, number>;
  readonly framesPerPixel: number;
  readonly playhead?: number | null;
  /** The clip in hand, whose own edges draw nothing. */
  readonly except?: { readonly lane: number; readonly clip: number } | null;
}

/** To an edge of a clip, a marker, the loop, the playhead or the start where one is near, else to the grid. */
export function snappedNear(mix: Mix, frame: number, snapping: Snapping): number {
  const reach = NEAR_PIXELS * snapping.framesPerPixel;
  let best = snapped(mix, frame, snapping.framesPerPixel);
  let distance = Math.min(Math.abs(best - frame), reach);
  let isEdge = false;
  for (const edge of edgesOf(mix, snapping)) {
    const away = Math.abs(edge - frame);
    if (isEdge ? away >= distance : away > distance) continue;
    [best, distance, isEdge] = [edge, away, true];
  }
  return best;
}

/** Where a thing of that length begins when either of its ends snaps, whichever is nearer. */
export function snappedSpan(mix: Mix, start: number, length: number, snapping: Snapping): number {
  const byStart = snappedNear(mix, start, snapping);
  const byEnd = frames(snappedNear(mix, start + length, snapping) - length);
  return Math.abs(byEnd - start) < Math.abs(byStart - start) ? byEnd : byStart;
}

function* edgesOf(mix: Mix, { stemFrames, playhead, except }: Snapping): Iterable<number> {
  yield 0;
  if (typeof playhead === "number") yield Math.round(playhead);
  if (mix.loop !== null) yield* [mix.loop.start_frames, mix.loop.end_frames];
  for (const marker of mix.markers) yield marker.at_frames;
  for (const [place, lane] of mix.lanes.entries()) {
    const stem = stemFrames.get(lane.stem) ?? 0;
    for (const [at, clip] of lane.clips.entries()) {
      if (clipFrames(clip, stem) === 0 || (except?.lane === place && except.clip === at)) continue;
      const { start, end } = clipSpan(clip, stem);
      yield* [start, end];
    }
  }
}
