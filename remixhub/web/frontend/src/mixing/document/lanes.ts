// Edits of lanes and of the master.
import { frames, gainDb, MASTER, MOST_LANES, Refused, replaced, within, withLane, without } from "./bounds";
import { clipFrames, clipSpan } from "./clips";
import type { Clip, Lane, Mix } from "./mix";

const WHOLE: Clip = { trim_start_frames: 0, trim_end_frames: 0, offset_frames: 0, fade_in_frames: 0, fade_out_frames: 0 };

export function setGain(mix: Mix, lane: number, db: number): Mix {
  const gain_db = gainDb(db);
  if (lane === MASTER) return mix.gain_db === gain_db ? mix : { ...mix, gain_db };
  return withLane(mix, lane, (one) => (one.gain_db === gain_db ? one : { ...one, gain_db }));
}

export function setPan(mix: Mix, lane: number, value: number): Mix {
  const pan = within(value, -1, 1);
  if (lane === MASTER) return mix.pan === pan ? mix : { ...mix, pan };
  return withLane(mix, lane, (one) => (one.pan === pan ? one : { ...one, pan }));
}

/** Exclusive: no other lane stays muted. */
export function setMuted(mix: Mix, lane: number, isOn: boolean, isExclusive = false): Mix {
  return switched(mix, lane, isExclusive, isOn, "muted");
}

/** Exclusive: no other lane stays soloed. */
export function setSolo(mix: Mix, lane: number, isOn: boolean, isExclusive = false): Mix {
  return switched(mix, lane, isExclusive, isOn, "solo");
}

function switched(mix: Mix, place: number, isExclusive: boolean, isOn: boolean, field: "muted" | "solo"): Mix {
  if (!(place in mix.lanes)) return mix;
  const lanes = mix.lanes.map((lane, at) => {
    const wanted = at === place ? isOn : !isExclusive && lane[field];
    return wanted === lane[field] ? lane : { ...lane, [field]: wanted };
  });
  return lanes.every((lane, at) => lane === mix.lanes[at]) ? mix : { ...mix, lanes };
}

export function moveLane(mix: Mix, from: number, to: number): Mix {
  const lane = mix.lanes[from];
  if (lane === undefined) return mix;
  const rest = without(mix.lanes, from);
  const place = within(to, 0, rest.length);
  return place === from ? mix : { ...mix, lanes: [...rest.slice(0, place), lane, ...rest.slice(place)] };
}

/** A lane with the whole stem, at the end. */
export function addLane(mix: Mix, stem: string, db = 0): Mix {
  const lane: Lane = {
    stem, clips: [WHOLE], gain_db: gainDb(db), pan: 0, gain_points: [], pan_points: [], mute_ranges: [],
    muted: false, solo: false,
  };
  return { ...mix, lanes: roomFor([...mix.lanes, lane]) };
}

/** A second lane of the same stem beneath it, without clips: to move some there, or to copy them. */
export function duplicateLane(mix: Mix, place: number): Mix {
  const lane = mix.lanes[place];
  if (lane === undefined) return mix;
  return { ...mix, lanes: roomFor(replaced(mix.lanes, place, lane, { ...lane, clips: [], mute_ranges: [] })) };
}

export function removeLane(mix: Mix, place: number): Mix {
  if (!(place in mix.lanes)) return mix;
  if (mix.lanes.length === 1) throw new Refused("A mix needs one lane at least. Mute it instead.");
  return { ...mix, lanes: without(mix.lanes, place) };
}

function roomFor(lanes: readonly Lane[]): readonly Lane[] {
  if (lanes.length > MOST_LANES) throw new Refused(`A mix has ${MOST_LANES} lanes at most.`);
  return lanes;
}

/** Frames of the mix before its loop is unrolled: up to where its last clip ends, silent lanes included. */
export function mixFrames(mix: Mix, stemFrames: ReadonlyMap<string, number>): number {
  let end = 0;
  for (const lane of mix.lanes) {
    const stem = stemFrames.get(lane.stem) ?? 0;
    for (const clip of lane.clips) if (clipFrames(clip, stem) > 0) end = Math.max(end, clipSpan(clip, stem).end);
  }
  return end;
}

/** Frames of the mix as it is rendered. */
export function renderedFrames(mix: Mix, stemFrames: ReadonlyMap<string, number>): number {
  const length = mixFrames(mix, stemFrames);
  if (mix.loop === null) return length;
  const turn = Math.min(mix.loop.end_frames, length) - mix.loop.start_frames;
  return turn > 0 ? length + frames(turn * (mix.loop.times - 1), 0, Number.MAX_SAFE_INTEGER) : length;
}
