// Hears keys for the whole page while the desk is there: before the page's own (playback/keys.ts), and never what is
// typed into a field. Single letters may be turned off, as everywhere.
import { lettersAreOff } from "../../playback/keys";
import type { Room } from "../desk/room";
import type { Keeping } from "../keeping/keeping";
import { comboOf, isLetter } from "./combos";
import { CHAPTERS, type Deed } from "./deeds";
import { Hand } from "./hand";
import { showHelp } from "./help";

const TYPED_IN = "input:not([type='checkbox'], [type='radio'], [type='button']), textarea, select, [contenteditable]";
/** What Space and Enter press. What can be selected is none of them: there they play, and go in. */
const PRESSED = "button, a, summary, input, [role='slider'], [role='menuitem']";
const SELECTED = "[data-clip], [data-point], [data-mute], [data-marker]";
/** Keys that scroll or walk on the rest of the page. */
const OF_THE_PAGE = /(PageUp|PageDown|Arrow\w+|Home|End|Enter|Escape|Delete|Backspace)$/;

export function connectKeys(room: Room, keeping: Keeping): void {
  const hand = new Hand(room, keeping);
  document.addEventListener("keydown", (event) => hear(event, hand), { signal: room.signal });
  document.addEventListener(
    "keyup", // Firefox presses a button by Space then
    (event) => {
      if (event.key === " " && isSelected(event.target)) event.preventDefault();
    },
    { signal: room.signal },
  );
}

function hear(event: KeyboardEvent, hand: Hand): void {
  const { room } = hand;
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.isComposing || at.closest("dialog, [role='menu']") !== null) return;
  const isIn = room.element.contains(at);
  if (at.closest(TYPED_IN) !== null) {
    if (event.key === "Escape" && isIn) hand.focus();
    return;
  }
  const combo = comboOf(event);
  if (isLetter(combo) && lettersAreOff()) return;
  if (OF_THE_PAGE.test(combo) && !isIn) return;
  if (/(Space|Enter)$/.test(combo) && at.closest(PRESSED) !== null && (!isSelected(at) || combo === "Enter")) {
    if (!(combo === "Enter" && hand.isOnPoint)) return;
  }
  if (combo === "?") {
    event.preventDefault();
    showHelp(room);
    return;
  }
  if (combo === "Ctrl+c" && !(window.getSelection()?.isCollapsed ?? true)) return; // text of the page
  const deed = deedOf(combo, hand);
  if (deed === undefined) return;
  event.preventDefault();
  if (event.repeat && !deed.isRepeated) return;
  if (deed.isEdit && !room.canEdit) room.desk.say("This mix is somebody else’s: make it yours to change it.");
  else deed.act(hand, combo);
  hand.refocus();
}

function deedOf(combo: string, hand: Hand): Deed | undefined {
  for (const { deeds } of CHAPTERS) {
    const found = deeds.find((deed) => [...deed.combos, ...(deed.also ?? [])].includes(combo) && (deed.when?.(hand) ?? true));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSelected(at: EventTarget | null): boolean {
  return at instanceof Element && at.closest(SELECTED) !== null;
}
