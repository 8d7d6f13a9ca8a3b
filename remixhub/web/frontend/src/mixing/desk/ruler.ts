// Bars or seconds above the lanes: presses move the playhead, drags make the loop, flags are markers.
import * as edits from "../document/edits";
import { follow } from "./dragging";
import { make, set } from "./make";
import { placeText, placeWords, ticks } from "./scale";
import type { Surface } from "./surface";
import { type Look, Tiles } from "./tiles";

type Edge = "start" | "end";

export class Ruler {
  readonly element: HTMLElement;
  readonly corner = make("div", { class: "desk-corner", "aria-hidden": "true" });
  readonly playhead = make("div", { class: "desk-head-mark", role: "slider", tabindex: 0, "aria-label": "Playhead", "aria-valuemin": 0 });
  readonly #stage = make("div", { class: "ruler-stage" });
  readonly #band = make("div", { class: "ruler-loop", hidden: true });
  readonly #braces: Record<Edge, HTMLElement>;
  readonly #tiles = new Tiles((context, from, width, look) => this.#draw(context, from, width, look));
  #flags: HTMLButtonElement[] = [];

  constructor(private readonly surface: Surface) {
    const brace = (edge: Edge): HTMLElement => {
      const element = make("div", { class: `brace ${edge}`, role: "slider", tabindex: 0, "aria-label": `Loop ${edge}`, "aria-valuemin": 0 });
      element.addEventListener("pointerdown", (event) => this.#pull(event, edge));
      element.addEventListener("keydown", (event) => this.#step(event, edge));
      return element;
    };
    this.#braces = { start: brace("start"), end: brace("end") };
    this.#stage.append(this.#tiles.element, this.#band, this.#braces.start, this.#braces.end, this.playhead);
    this.element = make("div", { class: "desk-ruler" }, this.corner, this.#stage);
    this.#stage.addEventListener("pointerdown", (event) => this.#press(event));
    this.#band.addEventListener("pointerdown", (event) => this.#pull(event, "both"));
    this.playhead.addEventListener("pointerdown", (event) => this.#scrub(event));
    this.playhead.addEventListener("keydown", (event) => this.#walk(event));
  }

  show(length: number): void {
    const { desk, framesPerPixel } = this.surface;
    const { loop, markers, grid, sample_rate_hz: rateHz } = desk.mix;
    this.corner.textContent = grid === null ? "seconds" : "bars";
    const hasLoop = loop !== null;
    this.#band.hidden = !hasLoop;
    for (const edge of ["start", "end"] as const) {
      const brace = this.#braces[edge];
      brace.hidden = !hasLoop;
      if (!hasLoop) continue;
      const frame = edge === "start" ? loop.start_frames : loop.end_frames;
      brace.style.setProperty("left", `${frame / framesPerPixel}px`);
      set(brace, "aria-valuemax", Math.round(Math.max(length, frame) / rateHz));
      set(brace, "aria-valuenow", Math.round(frame / rateHz));
      set(brace, "aria-valuetext", placeWords(frame, grid, rateHz));
    }
    if (hasLoop) {
      this.#band.style.setProperty("left", `${loop.start_frames / framesPerPixel}px`);
      this.#band.style.setProperty("width", `${(loop.end_frames - loop.start_frames) / framesPerPixel}px`);
    }
    this.element.toggleAttribute("data-marked", markers.length > 0);
    while (this.#flags.length > markers.length) this.#flags.pop()?.remove();
    while (this.#flags.length < markers.length) this.#flags.push(this.#flag(this.#flags.length));
    markers.forEach((marker, at) => {
      const flag = this.#flags[at];
      if (flag === undefined) return;
      flag.style.setProperty("left", `${marker.at_frames / framesPerPixel}px`);
      if (flag.textContent !== marker.name) flag.replaceChildren(make("bdi", { text: marker.name }));
      set(flag, "aria-label", `Marker ${marker.name}, ${placeText(marker.at_frames, grid, rateHz)}`);
    });
    this.#tiles.redraw();
  }

  /** Cheap enough for every frame. */
  showPlayhead(frame: number, length: number): void {
    const { grid, sample_rate_hz: rateHz } = this.surface.desk.mix;
    this.playhead.style.setProperty("transform", `translateX(${(frame / this.surface.framesPerPixel).toFixed(2)}px)`);
    set(this.playhead, "aria-valuemax", Math.round(length / rateHz));
    set(this.playhead, "aria-valuenow", Math.round(Math.min(frame, length) / rateHz));
    set(this.playhead, "aria-valuetext", placeWords(Math.round((frame / rateHz) * 10) * (rateHz / 10), grid, rateHz));
  }

  scroll(): void {
    this.#tiles.show(this.surface.seenFrom, this.surface.seenTo);
  }

  zoom(scale: number): void {
    this.#tiles.zoom(scale);
  }

  redraw(): void {
    this.#tiles.restyle();
  }

  mark(): void {
    const { part } = this.surface.desk.selection;
    this.#flags.forEach((flag, at) => {
      const isSelected = part?.kind === "marker" && part.index === at;
      flag.toggleAttribute("data-selected", isSelected);
      set(flag, "aria-pressed", String(isSelected));
    });
  }

  flag(index: number): HTMLElement | undefined {
    return this.#flags[index];
  }

  #flag(index: number): HTMLButtonElement {
    const flag = make("button", { type: "button", class: "plain desk-flag", "data-marker": index, dir: "auto" });
    const select = (): void => {
      const { lane, part } = this.surface.desk.selection;
      if (part?.kind !== "marker" || part.index !== index) this.surface.desk.select({ lane, clip: null, part: { kind: "marker", index } });
    };
    flag.addEventListener("focus", select);
    flag.addEventListener("dblclick", () => this.surface.seek(this.surface.desk.mix.markers[index]?.at_frames ?? 0));
    flag.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      flag.focus({ preventScroll: true });
      select();
      const { desk, canEdit, framesPerPixel } = this.surface;
      const [before, marker] = [desk.mix, desk.mix.markers[index]];
      if (!canEdit || marker === undefined) return;
      const merge = `marker-${performance.now()}`;
      follow(event, {
        move: (x, _y, moved) => {
          const at = Math.max(0, Math.round(this.surface.snapFor(moved, marker.at_frames + x * framesPerPixel)));
          desk.change(`Moved the marker ${marker.name}`, () => edits.moveMarker(before, index, at), merge);
        },
        end: (isCancelled, wasMoved) => {
          if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
          desk.settle();
        },
      });
    });
    this.#stage.append(flag);
    return flag;
  }

  /** A press takes the playhead there; a drag draws the loop. A finger's drag scrolls. */
  #press(event: PointerEvent): void {
    const { surface } = this;
    if (event.button !== 0 || event.target !== this.#stage) return;
    const from = Math.max(0, surface.snapFor(event, surface.frameAt(event.clientX)));
    const { desk } = surface;
    const before = desk.mix;
    const merge = `loop-${performance.now()}`;
    const draws = surface.canEdit && event.pointerType === "mouse";
    follow(event, {
      move: (_x, _y, moved) => {
        const to = Math.max(0, surface.snapFor(moved, surface.frameAt(moved.clientX)));
        if (!draws || Math.round(to) === Math.round(from)) return;
        desk.change("Set the loop", () => edits.setLoop(before, { startFrames: from, endFrames: to }), merge);
      },
      end: (isCancelled, wasMoved) => {
        if (isCancelled && wasMoved && draws) desk.change("Dropped the drag", () => before, merge);
        desk.settle();
        if (!isCancelled && !wasMoved) surface.seek(from);
      },
    });
  }

  #scrub(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    const began = this.surface.playhead;
    follow(event, {
      move: (x, _y, moved) => this.surface.seek(Math.max(0, this.surface.snapFor(moved, began + x * this.surface.framesPerPixel))),
    });
  }

  #walk(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { surface } = this;
    const step = event.shiftKey ? 1 : edits.gridStep(surface.desk.mix, surface.framesPerPixel);
    const { playhead } = surface;
    const length = edits.mixFrames(surface.desk.mix, surface.desk.stemFrames);
    const wishes: Record<string, number> = {
      ArrowRight: playhead + step,
      ArrowUp: playhead + step,
      ArrowLeft: playhead - step,
      ArrowDown: playhead - step,
      Home: 0,
      End: length,
    };
    const wish = wishes[event.key];
    if (wish === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const frame = Math.min(Math.max(0, Math.round(wish)), length);
    surface.seek(frame);
    surface.reveal(frame);
  }

  #pull(event: PointerEvent, edge: Edge | "both"): void {
    const { surface } = this;
    const { desk } = surface;
    const { loop } = desk.mix;
    if (event.button !== 0 || loop === null || !surface.canEdit) return;
    event.stopPropagation();
    const before = desk.mix;
    const merge = `loop-${performance.now()}`;
    follow(event, {
      move: (x, _y, moved) => {
        const by = x * surface.framesPerPixel;
        const at = (frame: number): number => Math.max(0, surface.snapFor(moved, frame + by));
        const startFrames = edge === "end" ? loop.start_frames : at(loop.start_frames);
        const endFrames = edge === "start" ? loop.end_frames : edge === "end" ? at(loop.end_frames) : startFrames + loop.end_frames - loop.start_frames;
        if (endFrames > startFrames) desk.change("Moved the loop", () => edits.setLoop(before, { startFrames, endFrames }), merge);
      },
      end: (isCancelled, wasMoved) => {
        if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
        desk.settle();
        // a mere press on the band is a press on the ruler
        if (!isCancelled && !wasMoved && edge === "both") surface.seek(Math.max(0, surface.snapFor(event, surface.frameAt(event.clientX))));
      },
    });
  }

  #step(event: KeyboardEvent, edge: Edge): void {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const { surface } = this;
    const { desk } = surface;
    const { loop } = desk.mix;
    if (by === undefined || loop === null || !surface.canEdit || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const step = by * (event.shiftKey ? 1 : edits.gridStep(desk.mix, surface.framesPerPixel));
    const startFrames = edge === "start" ? Math.max(0, loop.start_frames + step) : loop.start_frames;
    const endFrames = edge === "end" ? loop.end_frames + step : loop.end_frames;
    if (endFrames <= startFrames) return;
    desk.change(`Loop ${edge}`, (mix) => edits.setLoop(mix, { startFrames, endFrames }), `loop-${edge}`);
  }

  #draw(context: CanvasRenderingContext2D, fromPixel: number, width: number, look: Look): void {
    const { framesPerPixel, desk } = this.surface;
    const { height } = look;
    context.fillStyle = look.plate;
    context.font = look.font;
    context.textBaseline = "top";
    // a label may begin in the tile before
    const from = (fromPixel - 80) * framesPerPixel;
    const to = (fromPixel + width) * framesPerPixel;
    for (const tick of ticks(from, to, framesPerPixel, desk.mix.grid, desk.mix.sample_rate_hz)) {
      const x = Math.round(tick.frame / framesPerPixel - fromPixel);
      const tall = tick.isTall ? 22 : 10;
      context.fillRect(x, height - tall, tick.isTall ? 2 : 1, tall);
      if (tick.label) context.fillText(tick.label, x + 6, height - 22);
    }
  }
}
