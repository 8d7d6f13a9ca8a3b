// The script of a bundle's pages: a classic one, as `file://` has no modules. Reading and playing need none of it.
import { startMixer } from "./mixer";

for (const box of document.querySelectorAll<HTMLElement>("[data-mixer]")) startMixer(box);

// One player at a time, but for those that are mixed.
document.addEventListener(
  "play",
  (event) => {
    const begun = event.target as HTMLAudioElement;
    const mixed = begun.closest("[data-mixing]");
    for (const other of document.querySelectorAll("audio")) {
      if (other !== begun && !other.paused && (mixed === null || other.closest("[data-mixing]") !== mixed)) other.pause();
    }
  },
  true,
);
