// Several players held together. Under `file://` no browser lets a page read the sound, so each stem is a player of the
// browser's, and what comes early or late runs a little slower or faster until it fits (decision 076).

/** Seconds within which players are left alone. */
export const CLOSE_ENOUGH = 0.0005;
const CATCH_UP_SECONDS = 0.25;
const MOST = 0.1;
/** Beyond, a jump is heard less than minutes of another speed. */
const TOO_FAR = 0.5;

/** Where most of them are: the middle one of those that play. */
export function goal(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** How fast one has to run that is `late` seconds behind, or before when negative. */
export function rateFor(late: number): number {
  if (Math.abs(late) < CLOSE_ENOUGH) return 1;
  return 1 + Math.max(-MOST, Math.min(MOST, late / CATCH_UP_SECONDS));
}

/** One look at all that play; answers how far the farthest is off, in seconds. */
export function hold(players: readonly HTMLMediaElement[]): number {
  const playing = players.filter((one) => !one.paused && !one.ended);
  const at = goal(playing.map((one) => one.currentTime));
  let farthest = 0;
  for (const one of playing) {
    const late = at - one.currentTime;
    farthest = Math.max(farthest, Math.abs(late));
    if (Math.abs(late) > TOO_FAR && !one.seeking) one.currentTime = at;
    const rate = rateFor(late);
    if (one.playbackRate !== rate) one.playbackRate = rate;
  }
  return farthest;
}
