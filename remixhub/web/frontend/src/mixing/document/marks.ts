// Edits of the loop, the markers and the loudness target.
import { frames, LONGEST_NAME, MOST_FRAMES, MOST_MARKERS, MOST_TIMES, Refused, replaced, within, without } from "./bounds";
import type { LoudnessTarget, Marker, Mix } from "./mix";

/** Its turns stay as many as they were. */
export function setLoop(mix: Mix, loop: { startFrames: number; endFrames: number } | null): Mix {
  if (loop === null) return mix.loop === null ? mix : { ...mix, loop: null };
  const start_frames = frames(Math.min(loop.startFrames, loop.endFrames), 0, MOST_FRAMES - 1);
  const end_frames = frames(Math.max(loop.startFrames, loop.endFrames), start_frames + 1);
  if (mix.loop?.start_frames === start_frames && mix.loop.end_frames === end_frames) return mix;
  return { ...mix, loop: { start_frames, end_frames, times: mix.loop?.times ?? 1 } };
}

/** How often the loop sounds in the rendered mix. */
export function setLoopTimes(mix: Mix, turns: number): Mix {
  const times = frames(turns, 1, MOST_TIMES);
  return mix.loop === null || mix.loop.times === times ? mix : { ...mix, loop: { ...mix.loop, times } };
}

export function addMarker(mix: Mix, at: number, name = ""): Mix {
  if (mix.markers.length >= MOST_MARKERS) throw new Refused(`A mix has ${MOST_MARKERS} markers at most.`);
  return inOrder(mix, [...mix.markers, { at_frames: frames(at), name: nameOf(name, mix.markers.length) }]);
}

/** A marker does not pass its neighbours. */
export function moveMarker(mix: Mix, index: number, at: number): Mix {
  const marker = mix.markers[index];
  if (marker === undefined) return mix;
  const at_frames = frames(at, mix.markers[index - 1]?.at_frames ?? 0, mix.markers[index + 1]?.at_frames ?? MOST_FRAMES);
  return at_frames === marker.at_frames ? mix : { ...mix, markers: replaced(mix.markers, index, { ...marker, at_frames }) };
}

export function nameMarker(mix: Mix, index: number, name: string): Mix {
  const marker = mix.markers[index];
  if (marker === undefined) return mix;
  const named = nameOf(name, index);
  return named === marker.name ? mix : { ...mix, markers: replaced(mix.markers, index, { ...marker, name: named }) };
}

export function deleteMarker(mix: Mix, index: number): Mix {
  return index in mix.markers ? { ...mix, markers: without(mix.markers, index) } : mix;
}

export function setLoudness(mix: Mix, target: LoudnessTarget | null): Mix {
  if (target === null) return mix.loudness === null ? mix : { ...mix, loudness: null };
  const loudness = { target_lufs: within(target.target_lufs, -60, 0), ceiling_dbtp: within(target.ceiling_dbtp, -60, 0) };
  const { target_lufs, ceiling_dbtp } = mix.loudness ?? {};
  return target_lufs === loudness.target_lufs && ceiling_dbtp === loudness.ceiling_dbtp ? mix : { ...mix, loudness };
}

function inOrder(mix: Mix, markers: readonly Marker[]): Mix {
  return { ...mix, markers: [...markers].sort((one, other) => one.at_frames - other.at_frames) };
}

function nameOf(name: string, index: number): string {
  const letters = [...name.trim()].slice(0, LONGEST_NAME); // characters, not halves of them
  return letters.join("").trim() || `Marker ${index + 1}`;
}
