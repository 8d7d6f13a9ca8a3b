// Edits of clips. `stemFrames` is the length of the lane's stem at the mix' rate. No clip reaches past its stem, and none
// becomes empty.
import { frames, MOST_CLIPS, MOST_FRAMES, MOST_LANE_CLIPS, Refused, replaced, withLane, without } from "./bounds";
import type { Clip, Mix } from "./mix";

/** Frames of the mix from `start` up to, not including, `end`. */
export interface Reach {
  readonly start: number;
  readonly end: number;
}

export function clipFrames(clip: Clip, stemFrames: number): number {
  return Math.max(0, stemFrames - clip.trim_start_frames - clip.trim_end_frames);
}

export function clipSpan(clip: Clip, stemFrames: number): Reach {
  return { start: clip.offset_frames, end: clip.offset_frames + clipFrames(clip, stemFrames) };
}

export function clipsAt(mix: Mix, lane: number, frame: number, stemFrames: number): number[] {
  const places: number[] = [];
  mix.lanes[lane]?.clips.forEach((clip, place) => {
    const { start, end } = clipSpan(clip, stemFrames);
    if (start <= frame && frame < end) places.push(place);
  });
  return places;
}

export function moveClip(mix: Mix, lane: number, clip: number, offsetFrames: number): Mix {
  return withClip(mix, lane, clip, (one) => ({ ...one, offset_frames: frames(offsetFrames) }));
}

/** Onto another lane of the same stem, as its last clip. */
export function moveClipToLane(mix: Mix, from: number, clip: number, to: number, offsetFrames: number): Mix {
  const [source, target] = [mix.lanes[from], mix.lanes[to]];
  const moved = source?.clips[clip];
  if (source === undefined || target === undefined || moved === undefined) return mix;
  if (from === to) return moveClip(mix, from, clip, offsetFrames);
  if (source.stem !== target.stem) {
    throw new Refused("A clip stays on lanes of its own stem. Duplicate its lane to have another.");
  }
  const taken = withLane(mix, from, (lane) => ({ ...lane, clips: without(lane.clips, clip) }));
  return withClips(taken, to, (clips) => [...clips, { ...moved, offset_frames: frames(offsetFrames) }]);
}

/** Moves one edge to a frame of the mix; the sound stays where it is. */
export function trimClip(mix: Mix, lane: number, clip: number, edge: "start" | "end", frame: number, stemFrames: number): Mix {
  return withClip(mix, lane, clip, (one) => {
    const { start, end } = clipSpan(one, stemFrames);
    if (end <= start) return one;
    if (edge === "start") {
      const by = frames(frame, Math.max(0, start - one.trim_start_frames), end - 1) - start;
      return { ...one, trim_start_frames: one.trim_start_frames + by, offset_frames: start + by };
    }
    const by = frames(frame, start + 1, end + one.trim_end_frames) - end;
    return { ...one, trim_end_frames: one.trim_end_frames - by };
  });
}

/** Another part of the stem in the same place: the stem's frame with which the clip begins. */
export function slipClip(mix: Mix, lane: number, clip: number, stemFrame: number, stemFrames: number): Mix {
  return withClip(mix, lane, clip, (one) => {
    const length = clipFrames(one, stemFrames);
    if (length === 0) return one;
    const trim = frames(stemFrame, 0, stemFrames - length);
    return { ...one, trim_start_frames: trim, trim_end_frames: stemFrames - length - trim };
  });
}

export function fadeClip(mix: Mix, lane: number, clip: number, edge: "in" | "out", fadeFrames: number, stemFrames: number): Mix {
  const field = edge === "in" ? "fade_in_frames" : "fade_out_frames";
  return withClip(mix, lane, clip, (one) => ({ ...one, [field]: frames(fadeFrames, 0, clipFrames(one, stemFrames)) }));
}

/**
 * Two clips where there was one, for every clip of the lane under the frame (or for that one): together they sound as it
 * did. Inside a fade that cannot be, since a fade begins at a clip's edge: there it is refused.
 */
export function cutAt(mix: Mix, lane: number, frame: number, stemFrames: number, only: number | null = null): Mix {
  return withClips(mix, lane, (clips) =>
    clips.flatMap((clip, place) => {
      const { start, end } = clipSpan(clip, stemFrames);
      if (frame <= start || frame >= end || (only !== null && only !== place)) return [clip];
      if (frame - start < clip.fade_in_frames || end - frame < clip.fade_out_frames) {
        throw new Refused("Here a fade would be cut in two. Cut beside it, or shorten it first.");
      }
      const left = { ...clip, trim_end_frames: clip.trim_end_frames + end - frame, fade_out_frames: 0 };
      const right = {
        ...clip, trim_start_frames: clip.trim_start_frames + frame - start, offset_frames: frame, fade_in_frames: 0,
      };
      return [left, right];
    }),
  );
}

/** Once more from there on; the copy is the lane's last clip. */
export function copyClip(mix: Mix, lane: number, clip: number, offsetFrames: number): Mix {
  const copied = mix.lanes[lane]?.clips[clip];
  return copied === undefined ? mix : pasteClip(mix, lane, copied, offsetFrames);
}

export function pasteClip(mix: Mix, lane: number, clip: Clip, offsetFrames: number): Mix {
  return withClips(mix, lane, (clips) => [...clips, { ...clip, offset_frames: frames(offsetFrames) }]);
}

export function deleteClip(mix: Mix, lane: number, clip: number): Mix {
  return withLane(mix, lane, (one) => (clip in one.clips ? { ...one, clips: without(one.clips, clip) } : one));
}

/** From where the clip stands in the loop (or from the loop's start) again and again up to its end, the last one trimmed. */
export function fillLoop(mix: Mix, lane: number, clip: number, stemFrames: number): Mix {
  const filling = mix.lanes[lane]?.clips[clip];
  if (filling === undefined) return mix;
  if (mix.loop === null) throw new Refused("Set a loop first, with [ and ].");
  const { start_frames: from, end_frames: to } = mix.loop;
  const { start, end } = clipSpan(filling, stemFrames);
  const length = end - start;
  if (length === 0) return mix;
  const isInside = from <= start && start < to;
  const firsts: number[] = [];
  for (let at = isInside ? end : from; at < to; at += length) {
    firsts.push(at);
    if (firsts.length > MOST_LANE_CLIPS) throw new Refused("That would be too many clips: take a longer one.");
  }
  const copies = firsts.map((at) => {
    const over = Math.max(0, at + length - to);
    return {
      ...filling, offset_frames: at, trim_end_frames: filling.trim_end_frames + over,
      fade_out_frames: Math.min(filling.fade_out_frames, length - over),
    };
  });
  return copies.length === 0 ? mix : withClips(mix, lane, (clips) => [...clips, ...copies]);
}

function withClip(mix: Mix, lane: number, place: number, edit: (clip: Clip) => Clip): Mix {
  return withLane(mix, lane, (one) => {
    const clip = one.clips[place];
    if (clip === undefined) return one;
    const now = edit(clip);
    return isSame(clip, now) ? one : { ...one, clips: replaced(one.clips, place, now) };
  });
}

function withClips(mix: Mix, lane: number, edit: (clips: readonly Clip[]) => readonly Clip[]): Mix {
  return withLane(mix, lane, (one) => {
    const clips = edit(one.clips);
    const more = clips.length - one.clips.length;
    if (more === 0) return one;
    const all = mix.lanes.reduce((sum, other) => sum + other.clips.length, more);
    if (clips.length > MOST_LANE_CLIPS || all > MOST_CLIPS) {
      throw new Refused(`A lane has ${MOST_LANE_CLIPS} clips at most, a mix ${MOST_CLIPS}.`);
    }
    if (clips.some((clip) => clip.offset_frames > MOST_FRAMES)) throw new Refused("That is past the end of what a mix can hold.");
    return { ...one, clips };
  });
}

function isSame(one: Clip, other: Clip): boolean {
  return (Object.keys(one) as (keyof Clip)[]).every((field) => one[field] === other[field]);
}

