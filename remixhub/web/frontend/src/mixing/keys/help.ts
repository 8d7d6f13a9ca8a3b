// The sheet of keys, from the table by which they are heard.
import { lettersAreOff, setLettersOff } from "../../playback/keys";
import { make } from "../desk/make";
import type { Room } from "../desk/room";
import { openSheet } from "../desk/sheet";
import { comboText } from "./combos";
import { CHAPTERS, type Deed } from "./deeds";

export function showHelp(room: Room): void {
  const dialog = make("dialog", { class: "desk-help stack", "aria-labelledby": "desk-help-title" });
  const heading = make("h2", { id: "desk-help-title", tabindex: -1, text: "Keys of the desk" });
  const listens = make("input", { type: "checkbox" });
  listens.checked = !lettersAreOff();
  listens.addEventListener("change", () => setLettersOff(!listens.checked));
  dialog.append(
    heading,
    make("p", { class: "small", text: "While no field has the focus. Ctrl is Cmd on a Mac. Dragging with Ctrl held snaps the other way round." }),
    make("div", { class: "desk-help-chapters" }, ...CHAPTERS.map(({ title, deeds }) => chapter(title, deeds))),
    make("label", { class: "choice" }, listens, make("span", { text: "Listen to single letters" })),
    make("form", { method: "dialog" }, make("button", { type: "submit", text: "Close" })),
  );
  openSheet(room, dialog, heading); // read from its top
}

function chapter(title: string, deeds: readonly Deed[]): HTMLElement {
  const rows = deeds.map(({ combos, does }) => {
    const keys = combos.flatMap((combo) => [make("kbd", { text: comboText(combo) }), " "]);
    return make("tr", {}, make("th", { scope: "row" }, ...keys), make("td", { text: does }));
  });
  return make("table", {}, make("caption", { text: title }), make("tbody", {}, ...rows));
}
