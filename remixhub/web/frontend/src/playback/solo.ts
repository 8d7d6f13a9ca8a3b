// One thing sounds at a time: whoever starts playing says so, everybody else pauses.
const EVENT = "remixhub:playing";

export function announcePlaying(who: object): void {
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
