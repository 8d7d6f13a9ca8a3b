// A gain or a pan: dragged, turned by the wheel, stepped by keys, typed, and put back by a double click.
import { follow } from "./dragging";
import { clamp, gainAtPlace, gainText, panText, panWords, placeOfGain, typedGain, typedPan } from "./figures";
import { make, set } from "./make";

export type Kind = "gain" | "pan";

interface Law {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly fine: number;
  readonly wide: number;
  text(value: number): string;
  words(value: number): string;
  typed(text: string): number | null;
  place(value: number): number;
  at(place: number): number;
}

const LAWS: Record<Kind, Law> = {
  gain: { low: -60, high: 24, step: 0.5, fine: 0.1, wide: 3, text: gainText, words: gainText, typed: typedGain, place: placeOfGain, at: gainAtPlace },
  pan: {
    low: -1, high: 1, step: 0.05, fine: 0.01, wide: 0.25, text: panText, words: panWords, typed: typedPan,
    place: (pan) => (pan + 1) / 2,
    at: (place) => Math.round((place * 2 - 1) * 100) / 100,
  },
};
const FINE = 0.1;
const ONE_GESTURE_MS = 300;

/** Who scrolls over a fader means the page; who begins to turn the wheel there means the fader. */
let turned: { element: EventTarget | null; at: number } = { element: null, at: 0 };

export interface Steering {
  readonly kind: Kind;
  readonly name: string;
  /** Where a double click puts it. */
  readonly home: number;
  readonly canEdit: boolean;
  /** `isDone` ends a run that is one step to undo. */
  change(value: number, isDone: boolean): void;
}

export class Fader {
  readonly element: HTMLElement;
  readonly #law: Law;
  readonly #slider: HTMLElement;
  readonly #typed: HTMLInputElement;
  readonly #name: HTMLElement;
  #value = NaN;
  #called = "";

  constructor(private readonly steering: Steering) {
    const law = (this.#law = LAWS[steering.kind]);
    this.#slider = make("div", { class: `fader-way ${steering.kind}`, role: "slider", tabindex: 0, "aria-valuemin": law.low, "aria-valuemax": law.high });
    this.#slider.append(make("span", { class: "fader-cap" }));
    this.#typed = make("input", { class: "fader-typed", type: "text", autocomplete: "off", enterkeyhint: "done", readonly: !steering.canEdit });
    this.#name = make("span", { class: "fader-name", "aria-hidden": "true", text: steering.kind });
    this.element = make("div", { class: "fader", "data-kind": steering.kind }, this.#name, this.#slider, this.#typed);
    set(this.#slider, "aria-readonly", steering.canEdit ? null : "true");
    if (steering.canEdit) this.#listen();
    this.call(steering.name);
  }

  call(name: string): void {
    if (name === this.#called) return;
    this.#called = name;
    const kind = this.steering.kind === "gain" ? "Gain" : "Pan";
    this.#slider.setAttribute("aria-label", `${kind} of ${name}`);
    this.#typed.setAttribute("aria-label", `${kind} of ${name}${kind === "Gain" ? ", in dB" : ", such as L 12"}`);
  }

  show(value: number): void {
    if (value === this.#value) return;
    this.#value = value;
    const law = this.#law;
    set(this.#slider, "aria-valuenow", Math.round(value * 100) / 100);
    set(this.#slider, "aria-valuetext", law.words(value));
    this.#slider.style.setProperty("--at", `${(clamp(law.place(value), 0, 1) * 100).toFixed(2)}%`);
    this.#typed.value = law.text(value);
  }

  #listen(): void {
    const { steering } = this;
    const slider = this.#slider;
    slider.addEventListener("pointerdown", (event) => this.#drag(event));
    slider.addEventListener("dblclick", () => steering.change(steering.home, true));
    slider.addEventListener("keydown", (event) => this.#step(event));
    slider.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    this.#typed.addEventListener("focus", () => this.#typed.select());
    this.#typed.addEventListener("change", () => this.#type());
    this.#typed.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#typed.value = this.#law.text(this.#value);
      if (event.key === "Enter") this.#typed.select();
    });
  }

  #type(): void {
    const value = this.#law.typed(this.#typed.value);
    if (value === null) this.#typed.value = this.#law.text(this.#value);
    else {
      this.steering.change(value, true);
      this.#typed.value = this.#law.text(this.#value);
    }
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    const way = this.#slider.getBoundingClientRect();
    const began = this.#value;
    let place = this.#law.place(began);
    let before = 0;
    follow(event, {
      move: (x, _y, moved) => {
        place = clamp(place + ((x - before) / way.width) * (moved.shiftKey ? FINE : 1), 0, 1);
        before = x;
        this.steering.change(this.#law.at(place), false);
      },
      end: (isCancelled, wasMoved) => {
        // a mere press beside the cap leaves it: a finger that scrolls must not move a fader
        if (wasMoved) this.steering.change(isCancelled ? began : this.#value, true);
      },
    });
  }

  #step(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { low, high, step, fine, wide } = this.#law;
    const by = event.shiftKey ? fine : step;
    const wishes: Record<string, number> = {
      ArrowRight: this.#value + by,
      ArrowUp: this.#value + by,
      ArrowLeft: this.#value - by,
      ArrowDown: this.#value - by,
      PageUp: this.#value + wide,
      PageDown: this.#value - wide,
      Home: low,
      End: high,
      Backspace: this.steering.home,
      Delete: this.steering.home,
    };
    const wish = wishes[event.key];
    if (wish === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.steering.change(clamp(Math.round(wish * 100) / 100, low, high), !event.repeat);
  }

  #turn(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const now = event.timeStamp;
    if (now - turned.at > ONE_GESTURE_MS) turned = { element: this.element, at: now };
    turned.at = now;
    if (turned.element !== this.element) return;
    event.preventDefault();
    event.stopPropagation();
    const { low, high, step, fine } = this.#law;
    const by = (event.shiftKey ? fine : step) * -Math.sign(event.deltaY || event.deltaX);
    this.steering.change(clamp(Math.round((this.#value + by) * 100) / 100, low, high), false);
  }
}

/** Wheel turns that begin elsewhere are no faders' turns. */
export function watchWheel(element: HTMLElement, signal: AbortSignal): void {
  element.addEventListener(
    "wheel",
    (event) => {
      if ((event.target as Element).closest(".fader") !== null) return;
      turned = { element: null, at: event.timeStamp };
    },
    { signal, passive: true, capture: true },
  );
}
