// The line of a gain or a pan beneath its lane: points that are set by a press, dragged, and deleted.
import * as edits from "../document/edits";
import { follow } from "./dragging";
import type { Kind } from "./fader";
import { clamp, gainAtPlace, gainText, panText, panWords, placeOfGain } from "./figures";
import { key, make, set } from "./make";
import { placeText } from "./scale";
import type { Surface } from "./surface";
import { type Look, Tiles } from "./tiles";

/** Room for half a point above and below. */
const EDGE = 12;

export class AutomationView {
  readonly element: HTMLElement;
  readonly #stage = make("div", { class: "desk-stage" });
  readonly #chrome = make("div", { class: "desk-chrome" });
  readonly #hint: HTMLElement;
  readonly #title = make("span", { class: "line-name" });
  readonly #close: HTMLButtonElement;
  readonly #tiles = new Tiles((context, from, width, look) => this.#draw(context, from, width, look));
  #points: readonly edits.Point[] = [];
  #keys: HTMLButtonElement[] = [];
  #source: unknown;

  constructor(
    private readonly surface: Surface,
    public lane: number,
    readonly kind: Kind,
    close: () => void,
  ) {
    this.#close = key("", "×", close);
    const letter = kind === "gain" ? "G" : "P";
    this.#hint = make("span", { class: "line-hint", text: `press here to set a point, or ${letter} at the playhead` });
    const strip = make("div", { class: "desk-strip line" }, make("span", { class: "plate" }), this.#title, this.#close);
    this.#chrome.append(this.#hint);
    this.#stage.append(this.#tiles.element, this.#chrome);
    this.element = make("div", { class: "desk-row desk-line", "data-line": kind }, strip, this.#stage);
    this.#chrome.addEventListener("pointerdown", (event) => this.#press(event));
  }

  show(lane: number): void {
    const { surface } = this;
    const { mix } = surface.desk;
    this.lane = lane;
    set(this.element, "data-lane", lane);
    const whole = lane === edits.MASTER ? mix : mix.lanes[lane];
    const source = this.kind === "gain" ? whole?.gain_points : whole?.pan_points;
    const name = surface.nameOf(lane);
    this.#title.replaceChildren(make("bdi", { text: name }), make("small", { text: `${this.kind} line` }));
    set(this.#close, "aria-label", `Close the ${this.kind} line of ${name}`);
    if (source === this.#source && source !== undefined && this.#keys.length === source.length) {
      this.#name();
      return;
    }
    this.#source = source;
    this.#points = edits.pointsOf(mix, lane, this.kind);
    this.#hint.hidden = this.#points.length > 0 || !surface.canEdit;
    while (this.#keys.length > this.#points.length) this.#keys.pop()?.remove();
    while (this.#keys.length < this.#points.length) this.#keys.push(this.#point(this.#keys.length));
    this.#name();
    this.lay();
    this.mark();
    this.#tiles.redraw();
  }

  scroll(): void {
    this.#tiles.show(this.surface.seenFrom, this.surface.seenTo);
  }

  redraw(): void {
    this.#tiles.restyle();
  }

  zoom(scale: number): void {
    this.#tiles.zoom(scale);
    this.lay();
  }

  lay(): void {
    this.#points.forEach((point, place) => {
      const button = this.#keys[place];
      button?.style.setProperty("left", `${point.at / this.surface.framesPerPixel}px`);
      button?.style.setProperty("top", `calc(${EDGE}px + (100% - ${2 * EDGE}px) * ${(1 - this.#placeOf(point.value)).toFixed(4)})`);
    });
  }

  mark(): void {
    const { lane, part } = this.surface.desk.selection;
    this.#keys.forEach((button, place) => {
      const isSelected = lane === this.lane && part?.kind === this.kind && part.index === place;
      button.toggleAttribute("data-selected", isSelected);
      set(button, "aria-pressed", isSelected ? "true" : "false");
    });
  }

  #name(): void {
    const { grid, sample_rate_hz: rateHz } = this.surface.desk.mix;
    const name = this.surface.nameOf(this.lane);
    this.#points.forEach((point, place) => {
      const button = this.#keys[place];
      if (button === undefined) return;
      const words = this.kind === "gain" ? gainText(point.value) : panWords(point.value);
      set(button, "aria-label", `${this.kind} point ${place + 1} of ${name}: ${words} at ${placeText(point.at, grid, rateHz)}`);
      set(button, "data-value", this.kind === "gain" ? gainText(point.value) : panText(point.value));
    });
  }

  #point(place: number): HTMLButtonElement {
    const button = make("button", { type: "button", class: "plain desk-point", "data-point": `${this.kind}:${place}` });
    button.addEventListener("focus", () => this.#select(place));
    button.addEventListener("pointerdown", (event) => this.#take(event, place));
    button.addEventListener("dblclick", (event) => {
      event.stopPropagation();
      this.#delete(place);
    });
    this.#chrome.append(button);
    return button;
  }

  #select(place: number): void {
    const { lane, part } = this.surface.desk.selection;
    if (lane === this.lane && part?.kind === this.kind && part.index === place) return;
    this.surface.desk.select({ lane: this.lane, clip: null, part: { kind: this.kind, index: place } });
  }

  #delete(place: number): void {
    if (!this.surface.canEdit) return;
    const words = `Deleted a ${this.kind} point of ${this.surface.nameOf(this.lane)}`;
    this.surface.desk.change(words, (mix) => edits.deletePoint(mix, this.lane, this.kind, place));
  }

  /** A press where no point is sets one, which follows the pointer until it is let go. */
  #press(event: PointerEvent): void {
    const { surface } = this;
    if (event.button !== 0 || event.target !== this.#chrome || !surface.canEdit) return;
    const touched = event.pointerType !== "mouse";
    const box = this.#chrome.getBoundingClientRect();
    const at = Math.max(0, Math.round(surface.snapFor(event, surface.frameAt(event.clientX))));
    const value = this.#valueAt((event.clientY - box.top - EDGE) / (box.height - 2 * EDGE));
    const put = (): number => {
      const words = `Set a ${this.kind} point of ${surface.nameOf(this.lane)}`;
      surface.desk.change(words, (mix) => edits.addPoint(mix, this.lane, this.kind, at, value));
      const place = this.#points.findIndex((one) => one.at === at);
      if (place >= 0) this.#keys[place]?.focus({ preventScroll: true });
      return place;
    };
    if (touched) {
      // a finger may mean to scroll: what counts is where it is let go
      follow(event, { move: () => undefined, end: (isCancelled, wasMoved) => !isCancelled && !wasMoved && void put() });
      return;
    }
    event.preventDefault();
    const place = put();
    if (place >= 0) this.#follow(event, place);
  }

  #take(event: PointerEvent, place: number): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    this.#select(place);
    this.#keys[place]?.focus({ preventScroll: true });
    if (this.surface.canEdit) this.#follow(event, place);
  }

  #follow(event: PointerEvent, place: number): void {
    const { surface, kind, lane } = this;
    const { desk } = surface;
    const before = desk.mix;
    const point = this.#points[place];
    if (point === undefined) return;
    const height = this.#chrome.clientHeight - 2 * EDGE;
    const merge = `point-${performance.now()}`;
    follow(event, {
      move: (x, y, moved) => {
        const at = Math.max(0, Math.round(surface.snapFor(moved, point.at + x * surface.framesPerPixel)));
        const share = (1 - this.#placeOf(point.value)) + (y / height) * (moved.shiftKey ? 0.1 : 1);
        desk.change(`Moved a ${kind} point of ${surface.nameOf(lane)}`, () => edits.movePoint(before, lane, kind, place, at, this.#valueAt(share)), merge);
      },
      end: (isCancelled, wasMoved) => {
        if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
        desk.settle();
      },
    });
  }

  /** 0 at the foot, 1 at the top. */
  #placeOf(value: number): number {
    return this.kind === "gain" ? placeOfGain(value) : (clamp(value, -1, 1) + 1) / 2;
  }

  #valueAt(fromTop: number): number {
    const place = 1 - clamp(fromTop, 0, 1);
    return this.kind === "gain" ? gainAtPlace(place) : Math.round((place * 2 - 1) * 100) / 100;
  }

  #draw(context: CanvasRenderingContext2D, fromPixel: number, width: number, look: Look): void {
    const { framesPerPixel } = this.surface;
    const { height } = look;
    const y = (value: number) => EDGE + (1 - this.#placeOf(value)) * (height - 2 * EDGE);
    context.strokeStyle = look.ink;
    context.globalAlpha = 0.25;
    context.beginPath();
    context.moveTo(0, Math.round(y(0)) + 0.5);
    context.lineTo(width, Math.round(y(0)) + 0.5);
    context.stroke();
    const points = this.#points;
    if (points.length === 0) return;
    context.globalAlpha = 1;
    context.strokeStyle = look.plate;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(-1, y(edits.curveAt(points, (fromPixel - 1) * framesPerPixel)));
    for (const point of points) {
      const x = point.at / framesPerPixel - fromPixel;
      if (x > 0 && x < width) context.lineTo(x, y(point.value));
    }
    context.lineTo(width + 1, y(edits.curveAt(points, (fromPixel + width + 1) * framesPerPixel)));
    context.stroke();
  }
}
