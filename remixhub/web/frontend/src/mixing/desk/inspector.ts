// The strip beneath the lanes: what is selected and the whole, as values that can be typed.
import * as edits from "../document/edits";
import { FieldView, type Field, type Row } from "./fields";
import { Inspected, type Group } from "./inspected";
import { make } from "./make";
import type { Room } from "./room";
import { LENGTHS, PLACES } from "./typed_time";

export function connectInspector(room: Room, place: HTMLElement): void {
  const inspected = new Inspected(room);
  const selected = new Part(room, make("div", { class: "inspect" }));
  const whole = new Part(room, make("div", { class: "inspect" }));
  const hint = make("p", { class: "hint small", text: `Type ${PLACES}, and ${LENGTHS}.` });
  const more = make("details", { class: "inspect-whole" }, make("summary", { text: "Loop, tempo, loudness, master, markers" }), whole.element, tapKey(room), hint);
  place.append(selected.element, more);
  let isDue = false;
  const show = (): void => {
    isDue = false;
    selected.show(inspected.selected());
    whole.show(inspected.whole());
  };
  const soon = (): void => {
    if (room.desk.selection.part?.kind === "marker") more.open = true;
    if (isDue || room.signal.aborted) return;
    isDue = true;
    requestAnimationFrame(show); // drags change the mix more often than it can be seen
  };
  for (const name of ["mix", "selection"]) room.desk.addEventListener(name, soon, { signal: room.signal });
  show();
}

/** Groups of fields: made anew when others are shown, else only told their values. */
class Part {
  #shape = "";
  #views = new Map<string, FieldView>();

  constructor(
    private readonly room: Room,
    readonly element: HTMLElement,
  ) {}

  show(groups: readonly Group[]): void {
    const fields = groups.flatMap((group) => [...group.fields, ...(group.rows ?? []).flatMap((row) => row.fields)]);
    const shape = JSON.stringify(groups.map((group) => [group.title, group.fields.map((one) => one.key + one.label), group.rows?.map((row) => row.key)]));
    if (shape === this.#shape) {
      for (const field of fields) this.#views.get(field.key)?.update(field);
      return;
    }
    this.#shape = shape;
    const held = this.element.contains(document.activeElement) ? document.activeElement?.id : undefined;
    this.#views = new Map();
    this.element.replaceChildren(...groups.map((group) => this.#group(group)));
    this.#views.get(held?.replace("inspect-", "") ?? "")?.focus();
  }

  #group({ title, fields, rows }: Group): HTMLElement {
    const legend = make("legend", { class: "legend", dir: "auto", text: title });
    const inside: Node[] = [legend];
    if (fields.length > 0) inside.push(make("div", { class: "inspect-fields" }, ...fields.map((field) => this.#field(field, true))));
    if (rows !== undefined) inside.push(make("ol", { class: "inspect-rows" }, ...rows.map((row) => this.#row(row))));
    return make("fieldset", {}, ...inside);
  }

  #row({ fields, remove }: Row): HTMLElement {
    const row = make("li", {}, ...fields.map((field) => this.#field(field, false)));
    if (remove !== null && this.room.canEdit) {
      const button = make("button", { type: "button", class: "mini", "aria-label": remove.label, title: remove.label, text: "✕" });
      button.addEventListener("click", () => remove.act());
      row.append(button);
    }
    return row;
  }

  #field(field: Field, isLabelSeen: boolean): HTMLElement {
    const view = new FieldView(field, this.room.canEdit, isLabelSeen);
    this.#views.set(field.key, view);
    return view.element;
  }
}

/** The tempo by tapping along. */
function tapKey(room: Room): HTMLElement {
  const button = make("button", { type: "button", class: "slim", text: "Tap the tempo", disabled: !room.canEdit });
  let taps: number[] = [];
  button.addEventListener("click", (event) => {
    if (event.timeStamp - (taps.at(-1) ?? 0) > 3000) taps = [];
    taps.push(event.timeStamp);
    const bpm = edits.tappedBpm(taps);
    if (bpm === null) {
      if (taps.length < 4) room.desk.say(`Tap on: ${4 - taps.length} more`);
      return;
    }
    const grid = room.desk.mix.grid ?? { bpm, beats_per_bar: 4, first_beat_frames: 0 };
    room.desk.change(`Tempo ${bpm} BPM`, (mix) => edits.setGrid(mix, { ...grid, bpm }), "tap");
  });
  return button;
}
