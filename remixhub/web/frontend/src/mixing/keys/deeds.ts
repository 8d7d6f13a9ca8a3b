// All that keys do on the desk: the one table from which they are heard (keys.ts) and shown (help.ts).
import * as edits from "../document/edits";
import type { Hand } from "./hand";

export interface Deed {
  /** As `comboOf` writes them. */
  readonly combos: readonly string[];
  /** The same on other keys, or in steps that `does` tells of. */
  readonly also?: readonly string[];
  readonly does: string;
  act(hand: Hand, combo: string): void;
  /** Where it means this; without, everywhere on the desk. */
  when?(hand: Hand): boolean;
  /** It changes the mix. */
  readonly isEdit?: boolean;
  /** Holding the key does it again. */
  readonly isRepeated?: boolean;
}

export interface Chapter {
  readonly title: string;
  readonly deeds: readonly Deed[];
}

const onPart = (hand: Hand): boolean => hand.room.desk.selection.part != null;
const onPoint = (hand: Hand): boolean => hand.isOnPoint;
const onClip = (hand: Hand): boolean => hand.clip !== null;
const onLane = (hand: Hand): boolean => hand.clip === null && hand.part === null;
const notOnPart = (hand: Hand): boolean => hand.part === null;
const isFine = (combo: string): boolean => combo.includes("Shift+");
const way = (combo: string): 1 | -1 => (/(ArrowRight|PageDown|\.)$/.test(combo) ? 1 : -1);
const up = (combo: string): 1 | -1 => (combo.endsWith("ArrowUp") ? 1 : -1);
const down = (combo: string): 1 | -1 => (combo.endsWith("ArrowDown") ? 1 : -1);

const FIELDS = { gain: "value", pan: "value", mute: "from", marker: "name" } as const;
const held = { isEdit: true, isRepeated: true } as const;

/** Of two deeds for the same key the first counts whose `when` holds. */
export const CHAPTERS: readonly Chapter[] = [
  {
    title: "Playing",
    deeds: [
      { combos: ["Space"], does: "play from where it was, pause", act: (hand) => hand.room.toggle() },
      { combos: ["Shift+Space"], does: "play from the start of the loop", act: (hand) => hand.room.toggle("loop") },
      { combos: ["Home", "End"], does: "to the start, to the end", act: (hand, combo) => hand.seek(combo === "Home" ? 0 : hand.length) },
      { combos: ["PageUp", "PageDown"], does: "a bar back, on", isRepeated: true, act: (hand, combo) => hand.seekBy(edits.barFrames(hand.mix), way(combo)) },
      { combos: ["Shift+PageUp", "Shift+PageDown"], does: "a beat back, on", isRepeated: true, act: (hand, combo) => hand.seekBy(edits.beatFrames(hand.mix), way(combo)) },
      { combos: ["j", "k"], does: "to the edge or marker before, after", isRepeated: true, act: (hand, combo) => hand.seekEdge(combo === "k" ? 1 : -1) },
      { combos: ["[", "]"], does: "the loop starts, ends here", isEdit: true, act: (hand, combo) => hand.loopEdge(combo === "[" ? "start" : "end") },
      { combos: ["l"], does: "go round in the loop, or through it", act: toggleLooping },
      { combos: ["b"], does: "the artist’s mix instead, and back", act: (hand) => hand.room.compare() },
      { combos: ["+"], also: ["="], does: "zoom in", isRepeated: true, act: (hand) => hand.room.zoom(2, hand.room.playhead) },
      { combos: ["-"], also: ["_"], does: "zoom out", isRepeated: true, act: (hand) => hand.room.zoom(0.5, hand.room.playhead) },
      { combos: ["q"], does: "snapping on, off", act: toggleSnapping },
    ],
  },
  {
    title: "On points, silences and markers",
    deeds: [
      { combos: ["ArrowLeft", "ArrowRight"], does: "the one before, after", when: onPart, isRepeated: true, act: (hand, combo) => hand.walkParts(way(combo)) },
      { combos: ["ArrowUp", "ArrowDown"], also: ["Shift+ArrowUp", "Shift+ArrowDown"], does: "a point’s value; with Shift fine", when: onPoint, ...held, act: (hand, combo) => hand.stepPoint(up(combo), isFine(combo)) },
      { combos: [",", "."], also: ["Shift+,", "Shift+."], does: "a beat earlier, later; with Shift a frame", when: onPart, ...held, act: (hand, combo) => hand.shiftPart(way(combo), isFine(combo)) },
      { combos: ["Enter"], does: "a point at the playhead", when: onPoint, isEdit: true, act: (hand) => hand.setPoint() },
      { combos: ["Delete"], also: ["Backspace"], does: "delete it", when: onPart, isEdit: true, act: (hand) => hand.deletePart() },
    ],
  },
  {
    title: "On clips",
    deeds: [
      { combos: ["Enter"], does: "from a lane to its clips", when: onLane, act: (hand) => hand.enterClips() },
      { combos: ["ArrowLeft", "ArrowRight"], does: "the clip before, after", when: onClip, isRepeated: true, act: (hand, combo) => hand.walkClips(way(combo)) },
      { combos: ["x"], does: "cut at the playhead", isEdit: true, act: (hand) => hand.cut(false) },
      { combos: ["Shift+x"], does: "cut all lanes", isEdit: true, act: (hand) => hand.cut(true) },
      { combos: [",", "."], also: ["Shift+,", "Shift+."], does: "a beat earlier, later; with Shift a frame", when: notOnPart, ...held, act: (hand, combo) => hand.nudge(way(combo), isFine(combo)) },
      { combos: ["i", "o"], does: "the clip begins, ends at the playhead", isEdit: true, act: (hand, combo) => hand.trim(combo === "i" ? "start" : "end") },
      { combos: ["f", "Shift+f"], does: "fade in, out: to the playhead, else a beat; again none", isEdit: true, act: (hand, combo) => hand.fade(combo === "f" ? "in" : "out") },
      { combos: ["Ctrl+c", "Ctrl+x"], does: "copy, take out", when: notOnPart, act: copyOrTake },
      { combos: ["Ctrl+v"], does: "paste at the playhead", isEdit: true, act: (hand) => hand.paste() },
      { combos: ["Ctrl+d"], does: "once more behind itself", isEdit: true, act: (hand) => hand.duplicate() },
      { combos: ["r"], does: "fill the loop with it", isEdit: true, act: (hand) => hand.fillLoop() },
      { combos: ["Shift+l"], does: "loop it", isEdit: true, act: (hand) => hand.loopClip() },
      { combos: ["Ctrl+ArrowUp", "Ctrl+ArrowDown"], does: "to another lane of its stem", when: onClip, isEdit: true, act: (hand, combo) => hand.carry(down(combo)) },
      { combos: ["Delete"], also: ["Backspace"], does: "delete it", when: onClip, isEdit: true, act: (hand) => hand.deleteClip() },
      { combos: ["Escape"], does: "back to the lane", when: (hand) => !onLane(hand), act: (hand) => hand.back() },
    ],
  },
  {
    title: "On lanes",
    deeds: [
      { combos: ["ArrowUp", "ArrowDown"], does: "the lane above, below; last the master", isRepeated: true, act: (hand, combo) => hand.walkLanes(down(combo)) },
      { combos: ["ArrowLeft", "ArrowRight"], also: ["Shift+ArrowLeft", "Shift+ArrowRight"], does: "gain; with Shift fine", when: onLane, ...held, act: (hand, combo) => hand.stepLane("gain", way(combo), isFine(combo)) },
      { combos: ["Ctrl+ArrowLeft", "Ctrl+ArrowRight"], also: ["Ctrl+Shift+ArrowLeft", "Ctrl+Shift+ArrowRight"], does: "pan; with Shift fine", ...held, act: (hand, combo) => hand.stepLane("pan", way(combo), isFine(combo)) },
      { combos: ["s", "m"], does: "solo, mute", isEdit: true, act: (hand, combo) => hand.toggle(combo === "s" ? "solo" : "muted", false) },
      { combos: ["Shift+s", "Shift+m"], does: "solo, mute this one alone", isEdit: true, act: (hand, combo) => hand.toggle(combo === "Shift+s" ? "solo" : "muted", true) },
      { combos: ["g", "p"], does: "gain, pan points; again sets one at the playhead", act: (hand, combo) => hand.openCurve(combo === "g" ? "gain" : "pan") },
      { combos: ["h"], does: "silence in the loop, or for a bar", isEdit: true, act: (hand) => hand.silence() },
      { combos: ["Alt+ArrowUp", "Alt+ArrowDown"], does: "move the lane", isEdit: true, act: (hand, combo) => hand.moveLane(down(combo)) },
      { combos: ["Ctrl+Shift+d"], does: "another lane of its stem", isEdit: true, act: (hand) => hand.duplicateLane() },
      { combos: ["Shift+Delete"], does: "off the desk", isEdit: true, act: (hand) => hand.removeLane() },
    ],
  },
  {
    title: "The mix",
    deeds: [
      { combos: ["Ctrl+z"], does: "undo", isEdit: true, isRepeated: true, act: (hand) => hand.room.desk.undo() },
      { combos: ["Ctrl+Shift+z"], also: ["Ctrl+y"], does: "do again", isEdit: true, isRepeated: true, act: (hand) => hand.room.desk.redo() },
      { combos: ["n"], does: "a marker at the playhead", isEdit: true, act: (hand) => hand.mark() },
      { combos: ["Shift+n"], does: "to the markers", act: (hand) => hand.walkToMarkers() },
      { combos: ["e"], does: "type the values of what is selected", act: toInspector },
      { combos: ["Ctrl+s"], does: "keep it now", act: (hand) => void hand.keeping.keepNow() },
    ],
  },
];

function toggleSnapping(hand: Hand): void {
  hand.room.isSnapping = !hand.room.isSnapping;
  hand.room.desk.say(hand.room.isSnapping ? "Snaps to the grid" : "Snaps to nothing");
}

function toggleLooping(hand: Hand): void {
  hand.room.isLooping = !hand.room.isLooping;
}

function copyOrTake(hand: Hand, combo: string): void {
  if (hand.copy() && combo === "Ctrl+x" && hand.room.canEdit) hand.deleteClip();
}

/** To the field of the part that is selected, else to the first. */
function toInspector(hand: Hand): void {
  const { desk, element } = hand.room;
  const { part } = desk.selection;
  const field = part == null ? null : `#inspect-${part.kind}-${part.index}-${FIELDS[part.kind]}`;
  requestAnimationFrame(() => {
    // by then the inspector shows what was selected by the key before
    const found = field === null ? null : element.querySelector<HTMLInputElement>(field);
    const target = found ?? element.querySelector<HTMLInputElement>(".desk-inspector input");
    target?.focus();
    target?.select();
  });
}
