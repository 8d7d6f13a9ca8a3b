// Keys for what is selected, and for how one looks at it.
import * as edits from "../document/edits";
import { key, make, set } from "./make";
import type { Surface, Tool } from "./surface";

const ZOOM = 1.5;

interface Tooling extends Surface {
  tool: Tool;
}

export class Toolbar {
  readonly element: HTMLElement;
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;
  readonly #cut: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #delete: HTMLButtonElement;
  readonly #snap: HTMLButtonElement;
  readonly #tools: Record<Tool, HTMLButtonElement>;

  constructor(
    private readonly surface: Tooling,
    fit: () => void,
  ) {
    const { desk } = surface;
    this.#undo = key("Undo", "↶", () => desk.undo());
    this.#redo = key("Redo", "↷", () => desk.redo());
    this.#cut = key("Cut at the playhead", "cut", () => this.#cutHere());
    this.#copy = key("Copy the clip, behind itself", "copy", () => this.#copyOn());
    this.#delete = key("Delete what is selected", "delete", () => this.#deleteSelected());
    const tool = (one: Tool, name: string, label: string): HTMLButtonElement => key(name, label, () => (surface.tool = one));
    this.#tools = {
      clips: tool("clips", "Move, trim and fade clips", "clips"),
      mutes: tool("mutes", "Silence parts: drag over a lane", "silence"),
    };
    const marker = key("Set a marker at the playhead", "marker", () =>
      desk.change("Set a marker", (mix) => edits.addMarker(mix, surface.snap(surface.playhead))));
    this.#snap = key("Snap", "snap", () => {
      surface.isSnapping = !surface.isSnapping;
      this.show();
      desk.say(surface.isSnapping ? "Snap is on" : "Snap is off");
    });
    const view = make(
      "span",
      { class: "keys desk-view" },
      this.#snap,
      key("Zoom out", "−", () => surface.zoom(1 / ZOOM)),
      key("Zoom in", "+", () => surface.zoom(ZOOM)),
      key("Fit: show the whole mix", "fit", fit),
    );
    const edit = [
      make("span", { class: "keys" }, this.#undo, this.#redo),
      make("span", { class: "keys" }, this.#tools.clips, this.#tools.mutes),
      make("span", { class: "keys" }, this.#cut, this.#copy, this.#delete),
      make("span", { class: "keys" }, marker),
    ];
    this.element = make("div", { class: "desk-tools", role: "group", "aria-label": "Tools" }, ...(surface.canEdit ? edit : []), view);
    desk.addEventListener("view", () => this.#showSnap(), { signal: surface.signal });
  }

  show(): void {
    const { desk, tool } = this.surface;
    const { lane, clip, part } = desk.selection;
    this.#undo.disabled = desk.undoes === null;
    this.#redo.disabled = desk.redoes === null;
    set(this.#undo, "title", desk.undoes === null ? "Undo" : `Undo: ${desk.undoes}`);
    set(this.#redo, "title", desk.redoes === null ? "Redo" : `Redo: ${desk.redoes}`);
    this.#cut.disabled = lane < 0;
    this.#copy.disabled = clip === null;
    this.#delete.disabled = clip === null && !part;
    for (const one of ["clips", "mutes"] as const) set(this.#tools[one], "aria-pressed", String(one === tool));
    this.#showSnap();
  }

  #showSnap(): void {
    const { isSnapping, desk, framesPerPixel } = this.surface;
    set(this.#snap, "aria-pressed", String(isSnapping));
    const step = edits.gridStep(desk.mix, framesPerPixel);
    const text = `snap ${stepText(step, desk.mix)}`;
    if (this.#snap.textContent === text) return;
    this.#snap.textContent = text;
    set(this.#snap, "aria-label", text);
  }

  #cutHere(): void {
    const { desk } = this.surface;
    const { lane } = desk.selection;
    const at = Math.round(this.surface.playhead);
    if (edits.clipsAt(desk.mix, lane, at, desk.stemOf(lane)).length === 0) {
      desk.say(`No clip of ${this.surface.nameOf(lane)} lies under the playhead`);
      return;
    }
    desk.change(`Cut ${this.surface.nameOf(lane)}`, (mix) => edits.cutAt(mix, lane, at, desk.stemOf(lane)));
  }

  #copyOn(): void {
    const { desk } = this.surface;
    const { lane, clip } = desk.selection;
    const from = clip === null ? undefined : desk.mix.lanes[lane]?.clips[clip];
    if (clip === null || from === undefined) return;
    const { end } = edits.clipSpan(from, desk.stemOf(lane));
    if (!desk.change(`Copied a clip of ${this.surface.nameOf(lane)}`, (mix) => edits.copyClip(mix, lane, clip, end))) return;
    desk.select({ lane, clip: (desk.mix.lanes[lane]?.clips.length ?? 1) - 1 });
    this.surface.reveal(end);
  }

  #deleteSelected(): void {
    const { desk } = this.surface;
    const { lane, clip, part } = desk.selection;
    const name = this.surface.nameOf(lane);
    if (part?.kind === "mute") desk.change(`Ended a silence of ${name}`, (mix) => edits.deleteMute(mix, lane, part.index));
    else if (part?.kind === "marker") desk.change("Deleted a marker", (mix) => edits.deleteMarker(mix, part.index));
    else if (part) {
      const { kind } = part;
      if (kind === "gain" || kind === "pan") desk.change(`Deleted a ${kind} point of ${name}`, (mix) => edits.deletePoint(mix, lane, kind, part.index));
    } else if (clip !== null) desk.change(`Deleted a clip of ${name}`, (mix) => edits.deleteClip(mix, lane, clip));
  }
}

function stepText(step: number, mix: Parameters<typeof edits.barFrames>[0]): string {
  if (mix.grid === null) {
    const seconds = step / mix.sample_rate_hz;
    return seconds < 1 ? `${seconds} s` : seconds < 60 ? `${Math.round(seconds)} s` : "1 min";
  }
  const bars = step / edits.barFrames(mix);
  if (bars >= 0.999) return bars < 1.5 ? "1 bar" : `${Math.round(bars)} bars`;
  return `1/${Math.round((4 * edits.beatFrames(mix)) / step)}`;
}
