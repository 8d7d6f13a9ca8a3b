// Several players held together. Under `file://` no browser lets a page read the sound, so each stem is a player of the
// browser's. Who is early or late gets one nudge, a little slower or faster for as long as makes up for it, and is then left
// alone until that is heard: some browsers take half a second for it, and would otherwise be nudged twice (decision 076).

/** Seconds within which players are left alone. */
const CLOSE_ENOUGH = 0.0005;
const NUDGE_SECONDS = 0.6;
const SETTLE_SECONDS = 0.8;
/** By how much faster or slower at most, while it is heard and while it is not. */
const MOST = 0.08;
const MOST_UNHEARD = 0.5;

/** The middle one of `times`. */
function middle(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

/** How fast to play, and for how many seconds, to make up for being `late`; negative when early. */
function nudge(late: number, most: number): { rate: number; seconds: number } {
  const share = Math.max(-most, Math.min(most, late / NUDGE_SECONDS));
  return { rate: 1 + share, seconds: late / share };
}

export class Holder {
  /** Until when each is left alone. */
  #settles = new Map<HTMLMediaElement, number>();
  #ends = new Set<number>();

  constructor(private readonly players: readonly HTMLMediaElement[]) {}

  forget(): void {
    this.#settles.clear();
    for (const end of this.#ends) clearTimeout(end);
    this.#ends.clear();
    for (const player of this.players) player.playbackRate = 1;
  }

  /** One look at all that play, at `now` in seconds; answers how far the farthest is off, in seconds. */
  look(now: number, isHeard: boolean): number {
    const playing = this.players.filter((player) => !player.paused && !player.ended);
    const at = middle(playing.map((player) => player.currentTime));
    let farthest = 0;
    for (const player of playing) {
      const late = at - player.currentTime;
      farthest = Math.max(farthest, Math.abs(late));
      if (Math.abs(late) < CLOSE_ENOUGH || now < (this.#settles.get(player) ?? 0)) continue;
      const { rate, seconds } = nudge(late, isHeard ? MOST : MOST_UNHEARD);
      player.playbackRate = rate;
      const end = window.setTimeout(() => {
        player.playbackRate = 1;
        this.#ends.delete(end);
      }, seconds * 1000);
      this.#ends.add(end);
      this.#settles.set(player, now + seconds + SETTLE_SECONDS);
    }
    return farthest;
  }
}
