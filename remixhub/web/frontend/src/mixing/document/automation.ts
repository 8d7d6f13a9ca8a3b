// Edits of gain and pan points, and of mute ranges. Points stay in the order of their frames, each at a frame of its own;
// mute ranges never overlap, and what meets becomes one.
import { frames, gainDb, MASTER, MOST_FRAMES, MOST_MUTES, MOST_POINTS, Refused, replaced, within, withLane, without } from "./bounds";
import type { GainPoint, Lane, Mix, PanPoint, Span } from "./mix";

export type PointKind = "gain" | "pan";

/** A point of either kind. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

export function pointsOf(mix: Mix, lane: number, kind: PointKind): readonly Point[] {
  const owner = lane === MASTER ? mix : mix.lanes[lane];
  if (owner === undefined) return [];
  if (kind === "gain") return owner.gain_points.map((point) => ({ at: point.at_frames, value: point.gain_db }));
  return owner.pan_points.map((point) => ({ at: point.at_frames, value: point.pan }));
}

/** What the points add to the fader at that frame: straight between two, level before the first and after the last. */
export function curveAt(points: readonly Point[] | readonly GainPoint[] | readonly PanPoint[], frame: number): number {
  const all = points.map(plain);
  const next = all.findIndex((point) => point.at > frame);
  const before = next === -1 ? all.at(-1) : all[next - 1];
  const after = all[next];
  if (before === undefined) return after?.value ?? 0;
  if (after === undefined) return before.value;
  return before.value + ((after.value - before.value) * (frame - before.at)) / (after.at - before.at);
}

/** In place of one that stands at the same frame. */
export function addPoint(mix: Mix, lane: number, kind: PointKind, at: number, value: number): Mix {
  const point = { at: frames(at), value: valueOf(kind, value) };
  return withPoints(mix, lane, kind, (points) => {
    const others = points.filter((one) => one.at !== point.at);
    if (others.length >= MOST_POINTS) throw new Refused(`A curve has ${MOST_POINTS} points at most.`);
    return [...others, point].sort((one, other) => one.at - other.at);
  });
}

/** A point does not pass its neighbours. */
export function movePoint(mix: Mix, lane: number, kind: PointKind, index: number, at: number, value: number): Mix {
  return withPoints(mix, lane, kind, (points) => {
    if (!(index in points)) return points;
    const low = (points[index - 1]?.at ?? -1) + 1;
    const high = (points[index + 1]?.at ?? MOST_FRAMES + 1) - 1;
    return replaced(points, index, { at: frames(at, low, high), value: valueOf(kind, value) });
  });
}

export function deletePoint(mix: Mix, lane: number, kind: PointKind, index: number): Mix {
  return withPoints(mix, lane, kind, (points) => without(points, index));
}

export function clearPoints(mix: Mix, lane: number, kind: PointKind): Mix {
  return withPoints(mix, lane, kind, () => []);
}

export function addMute(mix: Mix, lane: number, start: number, end: number): Mix {
  return withMutes(mix, lane, (ranges) => [...ranges, spanOf(start, end)]);
}

export function setMute(mix: Mix, lane: number, index: number, start: number, end: number): Mix {
  return withMutes(mix, lane, (ranges) => (index in ranges ? replaced(ranges, index, spanOf(start, end)) : ranges));
}

export function deleteMute(mix: Mix, lane: number, index: number): Mix {
  return withMutes(mix, lane, (ranges) => without(ranges, index));
}

/** The place of the range that holds the frame, or -1. */
export function muteAt(mix: Mix, lane: number, frame: number): number {
  const ranges = mix.lanes[lane]?.mute_ranges ?? [];
  return ranges.findIndex((range) => range.start_frames <= frame && frame < range.end_frames);
}

function plain(point: Point | GainPoint | PanPoint): Point {
  if ("at" in point) return point;
  return { at: point.at_frames, value: "pan" in point ? point.pan : point.gain_db };
}

function valueOf(kind: PointKind, value: number): number {
  return kind === "gain" ? gainDb(value) : within(value, -2, 2);
}

function withPoints(mix: Mix, lane: number, kind: PointKind, edit: (points: readonly Point[]) => readonly Point[]): Mix {
  const before = pointsOf(mix, lane, kind);
  const after = edit(before);
  const isSame = after.length === before.length && after.every((one, at) => one.at === before[at]?.at && one.value === before[at]?.value);
  if (isSame) return mix;
  const fields: Partial<Pick<Lane, "gain_points" | "pan_points">> =
    kind === "gain"
      ? { gain_points: after.map(({ at, value }) => ({ at_frames: at, gain_db: value })) }
      : { pan_points: after.map(({ at, value }) => ({ at_frames: at, pan: value })) };
  return lane === MASTER ? { ...mix, ...fields } : withLane(mix, lane, (one) => ({ ...one, ...fields }));
}

function spanOf(start: number, end: number): Span {
  const from = frames(Math.min(start, end), 0, MOST_FRAMES - 1);
  return { start_frames: from, end_frames: frames(Math.max(start, end), from + 1) };
}

function withMutes(mix: Mix, lane: number, edit: (ranges: readonly Span[]) => readonly Span[]): Mix {
  return withLane(mix, lane, (one) => {
    const ranges = joined(edit(one.mute_ranges));
    if (ranges.length > MOST_MUTES) throw new Refused(`A lane has ${MOST_MUTES} mute ranges at most.`);
    const isSame =
      ranges.length === one.mute_ranges.length &&
      ranges.every(({ start_frames, end_frames }, at) => {
        const before = one.mute_ranges[at];
        return before?.start_frames === start_frames && before.end_frames === end_frames;
      });
    return isSame ? one : { ...one, mute_ranges: ranges };
  });
}

function joined(ranges: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const range of [...ranges].sort((one, other) => one.start_frames - other.start_frames)) {
    const last = apart.at(-1);
    if (last === undefined || last.end_frames < range.start_frames) apart.push(range);
    else apart[apart.length - 1] = { ...last, end_frames: Math.max(last.end_frames, range.end_frames) };
  }
  return apart;
}
