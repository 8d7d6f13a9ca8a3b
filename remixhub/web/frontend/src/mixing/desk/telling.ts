// One live region says what was done, once the hand rests: a drag does not chatter.
import type { Room } from "./room";

const REST_MS = 400;

export function tellWords(room: Room, region: HTMLElement): void {
  let timer = 0;
  region.setAttribute("aria-live", "polite");
  room.desk.addEventListener(
    "words",
    () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        const { words } = room.desk;
        region.textContent = region.textContent === words ? `${words}\u00a0` : words; // the same again is said again
      }, REST_MS);
    },
    { signal: room.signal },
  );
  room.signal.addEventListener("abort", () => window.clearTimeout(timer));
}
