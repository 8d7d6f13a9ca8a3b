// Which keys a page may take: none that somebody types with, or presses something by, and no letters where they are off.
import { lettersAreOff } from "../playback/keys";

const TYPED_IN = "input, textarea, select, [contenteditable]";
const PRESSED = "button, a, summary";

export function isTyping(event: KeyboardEvent): boolean {
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest(TYPED_IN) || lettersAreOff()) return true;
  return (event.key === " " || event.key === "Enter") && at?.closest(PRESSED) !== null && at !== null;
}
