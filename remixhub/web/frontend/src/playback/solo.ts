// One thing sounds at a time: whoever starts playing says so, everybody else pauses. What sounded last is what keys and
// the lock screen speak to.
const EVENT = "remixhub:playing";
const TOLD = "remixhub:voice";

/** What can be heard and steered: the player at the foot of the page, a deck, a stem played alone. */
export interface Voice {
  readonly isPlaying: boolean;
  readonly position: number;
  readonly seconds: number;
  readonly caption: string;
  /** Whose it is, and its picture, where that is known. */
  readonly artist?: string;
  readonly cover?: string;
  toggle(): void;
  seek(seconds: number): void;
}

let last: Voice | null = null;

export function announcePlaying(who: object): void {
  last = isVoice(who) ? who : null;
  document.dispatchEvent(new CustomEvent<object>(EVENT, { detail: who }));
}

/** Calls `pause` when somebody other than `who` starts. Returns how to stop listening. */
export function pauseForOthers(who: object, pause: () => void): () => void {
  const listener = (event: Event) => {
    if ((event as CustomEvent<object>).detail !== who) pause();
  };
  document.addEventListener(EVENT, listener);
  return () => document.removeEventListener(EVENT, listener);
}

/** It pauses, goes on, jumps: whoever shows what sounds looks again. */
export function tellVoice(who: object): void {
  if (last === who) document.dispatchEvent(new Event(TOLD));
}

/** Calls `look` when another voice sounds, and when the one that sounded last is told of. */
export function followVoices(look: () => void): void {
  for (const name of [EVENT, TOLD]) document.addEventListener(name, look);
}

/** Null until something was played, and when what was played last is gone with its page. */
export function lastVoice(): Voice | null {
  return last;
}

export function forgetVoice(who: object): void {
  if (last !== who) return;
  last = null;
  document.dispatchEvent(new Event(TOLD));
}

function isVoice(who: object): who is Voice {
  return "toggle" in who && "seek" in who && "position" in who;
}
