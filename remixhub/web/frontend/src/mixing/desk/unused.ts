// Stems that are not on the desk, each with a key that brings it.
import * as edits from "../document/edits";
import type { Mix } from "../document/mix";
import { key, make } from "./make";
import type { Room } from "./room";

export class Unused {
  readonly element = make("section", { class: "desk-unused", "aria-label": "Stems off the desk" });
  #shown = "";

  constructor(private readonly room: Room) {}

  show(mix: Mix): void {
    const used = new Set(mix.lanes.map((lane) => lane.stem));
    const off = this.room.page.pack.stems.filter((stem) => !used.has(stem.id));
    const shown = off.map((stem) => stem.id).join();
    this.element.hidden = off.length === 0;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const keys = off.map((stem) => {
      const button = key(`Put ${stem.name} on the desk`, "", () => {
        this.room.desk.change(`Put ${stem.name} on the desk`, (now) => edits.addLane(now, stem.id, stem.gain_db));
        this.room.desk.select({ lane: this.room.desk.mix.lanes.length - 1, clip: null });
      }, { class: "chip", "data-family": stem.family });
      button.append("+ ", make("bdi", { text: stem.name }));
      button.disabled = !this.room.canEdit;
      return button;
    });
    this.element.replaceChildren(make("span", { class: "label", text: "off the desk" }), ...keys);
  }
}
