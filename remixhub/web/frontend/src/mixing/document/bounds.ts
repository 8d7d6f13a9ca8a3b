// The bounds of docs/mix-spec.md, which no edit leaves. What cannot be done is `Refused`, in words for people.
import type { Lane, Mix } from "./mix";

export const MOST_FRAMES = 1_382_400_000;
export const MOST_LANES = 200;
export const MOST_CLIPS = 4000;
export const MOST_LANE_CLIPS = 1000;
export const MOST_POINTS = 2000;
export const MOST_MUTES = 1000;
export const MOST_MARKERS = 200;
export const MOST_TIMES = 1000;
export const LONGEST_NAME = 80;
export const LOWEST_GAIN_DB = -60;
export const HIGHEST_GAIN_DB = 24;
export const LONGEST_MIX_SECONDS = 7200;

/** Where a lane's place stands for the whole: its gain, its pan and their points. */
export const MASTER = -1;

/** The edit was not made; the message says why, and what would help. */
export class Refused extends Error {}

export function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

export function frames(value: number, low = 0, high = MOST_FRAMES): number {
  return within(Math.round(value), low, Math.max(low, high));
}

export function gainDb(value: number): number {
  return within(value, LOWEST_GAIN_DB, HIGHEST_GAIN_DB);
}

/** The mix with another lane in that place; the same mix when the lane is the same or is not there. */
export function withLane(mix: Mix, place: number, edit: (lane: Lane) => Lane): Mix {
  const lane = mix.lanes[place];
  if (lane === undefined) return mix;
  const changed = edit(lane);
  return changed === lane ? mix : { ...mix, lanes: replaced(mix.lanes, place, changed) };
}

export function replaced<T>(all: readonly T[], place: number, ...now: readonly T[]): readonly T[] {
  return [...all.slice(0, place), ...now, ...all.slice(place + 1)];
}

export function without<T>(all: readonly T[], place: number): readonly T[] {
  return place in all ? replaced(all, place) : all;
}
