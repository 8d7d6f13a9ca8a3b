// A part of a lane that is silenced: hatched, moved as a whole or by its ends.
import * as edits from "../document/edits";
import type { Span } from "../document/mix";
import { follow } from "./dragging";
import { make, set } from "./make";
import { placeText } from "./scale";
import type { Surface } from "./surface";

/** Pixels that a finger hits; a shorter silence is drawn in the middle of them. */
const NARROWEST_TARGET = 24;

export class MuteView {
  readonly element = make("button", { type: "button", class: "plain desk-mute" });
  #span!: Span;
  #lane = 0;
  #place = 0;

  constructor(private readonly surface: Surface) {
    this.element.append(make("span", { class: "hold start", "data-hold": "start" }), make("span", { class: "hold end", "data-hold": "end" }));
    this.element.addEventListener("pointerdown", (event) => this.#press(event));
    this.element.addEventListener("focus", () => this.#select());
    this.element.addEventListener("click", () => this.#select());
  }

  show(span: Span, lane: number, place: number, laneName: string): void {
    [this.#span, this.#lane, this.#place] = [span, lane, place];
    const { grid, sample_rate_hz: rateHz } = this.surface.desk.mix;
    set(this.element, "data-mute", place);
    const [from, to] = [placeText(span.start_frames, grid, rateHz), placeText(span.end_frames, grid, rateHz)];
    set(this.element, "aria-label", `${laneName} is silent from ${from} to ${to}`);
    this.lay();
  }

  lay(): void {
    const { framesPerPixel } = this.surface;
    const drawn = Math.max(2, (this.#span.end_frames - this.#span.start_frames) / framesPerPixel);
    const wide = Math.max(NARROWEST_TARGET, drawn);
    const { style } = this.element;
    style.setProperty("left", `${this.#span.start_frames / framesPerPixel - (wide - drawn) / 2}px`);
    style.setProperty("width", `${wide}px`);
    style.setProperty("--beside", `${(wide - drawn) / 2}px`);
  }

  mark(isSelected: boolean): void {
    this.element.toggleAttribute("data-selected", isSelected);
    set(this.element, "aria-pressed", isSelected ? "true" : "false");
  }

  #select(): void {
    const { part, lane } = this.surface.desk.selection;
    if (lane === this.#lane && part?.kind === "mute" && part.index === this.#place) return;
    this.surface.desk.select({ lane: this.#lane, clip: null, part: { kind: "mute", index: this.#place } });
  }

  #press(event: PointerEvent): void {
    const { surface } = this;
    if (event.button !== 0) return;
    event.stopPropagation();
    const mayDrag = event.pointerType === "mouse" || this.element.hasAttribute("data-selected");
    if (!mayDrag) return; // a tap selects, by its click
    this.#select();
    this.element.focus({ preventScroll: true });
    if (!surface.canEdit) return;
    const hold = (event.target as HTMLElement).dataset["hold"];
    const { desk } = surface;
    const [before, lane, place, span] = [desk.mix, this.#lane, this.#place, this.#span];
    const merge = `mute-${performance.now()}`;
    follow(event, {
      move: (x, _y, moved) => {
        const by = x * surface.framesPerPixel;
        const at = (frame: number) => Math.max(0, Math.round(surface.snapFor(moved, frame + by)));
        const start = hold === "end" ? span.start_frames : at(span.start_frames);
        const end = hold === "start" ? span.end_frames : hold === "end" ? at(span.end_frames) : start + span.end_frames - span.start_frames;
        if (start >= end) return;
        desk.change(`Moved a silence of ${surface.nameOf(lane)}`, () => edits.setMute(before, lane, place, start, end), merge);
      },
      end: (isCancelled, wasMoved) => {
        if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
        desk.settle();
      },
    });
  }
}

/** A drag over an empty part of the lane, with the silencing tool in hand. */
export function drawMute(event: PointerEvent, surface: Surface, lane: number): void {
  const { desk } = surface;
  const before = desk.mix;
  const from = Math.max(0, Math.round(surface.snapFor(event, surface.frameAt(event.clientX))));
  const merge = `mute-${performance.now()}`;
  follow(event, {
    move: (_x, _y, moved) => {
      const to = Math.max(0, Math.round(surface.snapFor(moved, surface.frameAt(moved.clientX))));
      if (from === to) return;
      const [start, end] = [Math.min(from, to), Math.max(from, to)];
      desk.change(`Silenced a part of ${surface.nameOf(lane)}`, () => edits.addMute(before, lane, start, end), merge);
    },
    end: (isCancelled, wasMoved) => {
      if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
      desk.settle();
    },
  });
}
