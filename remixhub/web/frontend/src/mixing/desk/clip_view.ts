// A clip above its lane's waves: what is pressed, dragged and focused. It draws nothing itself.
import * as edits from "../document/edits";
import type { Clip, Mix } from "../document/mix";
import type { Desk } from "./desk";
import { follow } from "./dragging";
import { make, set } from "./make";
import { placeText, preciseText } from "./scale";
import type { Surface } from "./surface";

type Hold = "body" | "start" | "end" | "in" | "out";

const HOLDS: readonly Exclude<Hold, "body">[] = ["start", "end", "in", "out"];

export class ClipView {
  readonly element = make("button", { type: "button", class: "plain desk-clip" });
  #clip!: Clip;
  #stemFrames = 0;
  #lane = 0;
  #place = 0;

  constructor(private readonly surface: Surface) {
    const { element } = this;
    for (const hold of HOLDS) element.append(make("span", { class: `hold ${hold}`, "data-hold": hold }));
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("focus", () => this.#select());
    element.addEventListener("click", () => this.#select());
    element.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  show(clip: Clip, lane: number, place: number, laneName: string, stemFrames: number): void {
    [this.#clip, this.#lane, this.#place, this.#stemFrames] = [clip, lane, place, stemFrames];
    const { element, surface } = this;
    const { start, end } = edits.clipSpan(clip, stemFrames);
    const { grid, sample_rate_hz: rateHz } = surface.desk.mix;
    set(element, "data-clip", place);
    set(
      element,
      "aria-label",
      `Clip ${place + 1} of ${laneName}, ${placeText(start, grid, rateHz)} to ${placeText(end, grid, rateHz)}, ${preciseText(end - start, rateHz)}`,
    );
    element.hidden = end <= start;
    this.lay();
  }

  /** Where it stands at this zoom. */
  lay(): void {
    const { framesPerPixel } = this.surface;
    const { start, end } = edits.clipSpan(this.#clip, this.#stemFrames);
    const { style } = this.element;
    style.setProperty("left", `${start / framesPerPixel}px`);
    style.setProperty("width", `${Math.max(2, (end - start) / framesPerPixel)}px`);
    style.setProperty("--in", `${this.#clip.fade_in_frames / framesPerPixel}px`);
    style.setProperty("--out", `${this.#clip.fade_out_frames / framesPerPixel}px`);
  }

  mark(isSelected: boolean): void {
    this.element.toggleAttribute("data-selected", isSelected);
    set(this.element, "aria-pressed", isSelected ? "true" : "false");
  }

  #select(): void {
    const { selection } = this.surface.desk;
    if (selection.lane === this.#lane && selection.clip === this.#place && !selection.part) return;
    this.surface.desk.select({ lane: this.#lane, clip: this.#place, part: null });
  }

  #press(event: PointerEvent): void {
    const { surface } = this;
    if (event.button !== 0 || surface.tool !== "clips") return;
    // a finger scrolls until it has chosen the clip (mixing.css lets go of it then)
    const mayDrag = event.pointerType === "mouse" || this.element.hasAttribute("data-selected");
    if (!mayDrag) return; // a tap selects, by its click
    this.#select();
    this.element.focus({ preventScroll: true });
    if (!surface.canEdit) return;
    const hold = ((event.target as HTMLElement).dataset["hold"] ?? "body") as Hold;
    const isCopy = event.altKey && hold === "body";
    const before = surface.desk.mix;
    const merge = `drag-${performance.now()}`;
    follow(event, {
      move: (x, _y, moved) => this.#drag(surface.desk, before, hold, isCopy, x * surface.framesPerPixel, moved, merge),
      end: (isCancelled, wasMoved) => {
        if (isCancelled && wasMoved) surface.desk.change("Dropped the drag", () => before, merge);
        surface.desk.settle();
      },
    });
  }

  #drag(desk: Desk, before: Mix, hold: Hold, isCopy: boolean, by: number, event: PointerEvent, merge: string): void {
    const { surface } = this;
    const [lane, place] = [this.#lane, this.#place];
    const clip = before.lanes[lane]?.clips[place];
    if (clip === undefined) return;
    const stem = this.#stemFrames;
    const { start, end } = edits.clipSpan(clip, stem);
    const name = surface.nameOf(lane);
    const at = (frame: number) => Math.round(surface.snapFor(event, frame));
    if (hold === "body") {
      const offset = Math.max(0, at(start + by));
      if (isCopy) desk.change(`Copied a clip of ${name}`, () => edits.copyClip(before, lane, place, offset), merge);
      else desk.change(`Moved a clip of ${name}`, () => edits.moveClip(before, lane, place, offset), merge);
    } else if (hold === "start" || hold === "end") {
      const edge = at((hold === "start" ? start : end) + by);
      desk.change(`Trimmed a clip of ${name}`, () => edits.trimClip(before, lane, place, hold, edge, stem), merge);
    } else {
      const frames = hold === "in" ? at(start + clip.fade_in_frames + by) - start : end - at(end - clip.fade_out_frames + by);
      desk.change(`Faded a clip of ${name} ${hold}`, () => edits.fadeClip(before, lane, place, hold, Math.max(0, frames), stem), merge);
    }
  }
}
