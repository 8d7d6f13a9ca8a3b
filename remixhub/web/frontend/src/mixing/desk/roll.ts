// What scrolls: the field of ruler and lanes, how far one looks into it, and what runs above it. Nothing here is drawn
// anew to move: playhead, veil and loop are elements moved by `transform`.
import { make } from "./make";

const NEAREST = 2;
const WIDEST_PIXELS = 8_000_000;
/** Where on the screen the playhead comes to stand when the page is turned to follow it. */
const TURNED_TO = 0.08;

export interface RollHost {
  readonly signal: AbortSignal;
  /** Frames that are to be reachable. */
  readonly length: number;
  readonly playhead: number;
  /** What is in sight has moved. */
  scrolled(): void;
  /** Frames a pixel are `scale` times fewer than they were. */
  zoomed(scale: number): void;
  resized(): void;
}

export class Roll {
  readonly field = make("div", { class: "desk-field" });
  readonly element = make("div", { class: "desk-roll", tabindex: -1 }, this.field);
  framesPerPixel = 1024;
  isFollowing = true;
  #veil = make("div", { class: "desk-veil" });
  #line = make("div", { class: "desk-playhead" });
  #loop = make("div", { class: "desk-loop", hidden: true });
  #strip = 0;
  #seen = 0;
  /** Asked once for each scroll: asking the element makes the browser lay all out anew. */
  #left = 0;
  #isFitted = false;
  /** The scroll that this made itself, and that is not the person's. */
  #own = -1;

  constructor(private readonly host: RollHost) {
    this.field.append(this.#veil, this.#loop, this.#line);
  }

  connect(): void {
    const { signal } = this.host;
    const { element } = this;
    const resized = new ResizeObserver(() => this.#measure());
    resized.observe(element);
    signal.addEventListener("abort", () => resized.disconnect());
    element.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    element.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    element.addEventListener("touchstart", (event) => this.#pinch(event), { signal, passive: false });
    for (const name of ["gesturestart", "gesturechange"]) element.addEventListener(name, (event) => event.preventDefault(), { signal });
    this.#measure();
  }

  get seenFrom(): number {
    return this.#left;
  }

  get seenTo(): number {
    return this.#left + this.#seen;
  }

  /** Pixels of the mix that are in sight at once. */
  get seen(): number {
    return this.#seen;
  }

  frameAt(clientX: number): number {
    return (clientX - this.element.getBoundingClientRect().left - this.element.clientLeft - this.#strip + this.#left) * this.framesPerPixel;
  }

  /** As much as the mix needs, and some room behind it. */
  lay(): void {
    const pixels = Math.ceil((this.host.length * 1.02) / this.framesPerPixel + this.#seen * 0.25);
    this.field.style.setProperty("width", `${this.#strip + Math.max(this.#seen, pixels)}px`);
  }

  showPlayhead(frame: number): void {
    const x = frame / this.framesPerPixel;
    this.#line.style.setProperty("transform", `translateX(${(this.#strip + x).toFixed(2)}px)`);
    // three screens wide, so that a scroll that runs ahead of the script never comes to its edge
    const veil = Math.max(x, this.seenFrom - this.#seen);
    this.#veil.style.setProperty("transform", `translateX(${(this.#strip + veil).toFixed(2)}px)`);
  }

  showLoop(loop: { start_frames: number; end_frames: number } | null): void {
    this.#loop.hidden = loop === null;
    if (loop === null) return;
    this.#loop.style.setProperty("left", `${this.#strip + loop.start_frames / this.framesPerPixel}px`);
    this.#loop.style.setProperty("width", `${(loop.end_frames - loop.start_frames) / this.framesPerPixel}px`);
  }

  /** Turns the page when the playhead has run out of sight, unless one looks elsewhere. */
  follow(frame: number): void {
    const x = frame / this.framesPerPixel;
    const isSeen = x >= this.seenFrom && x <= this.seenTo;
    if (isSeen) this.isFollowing = true;
    else if (this.isFollowing) this.#scrollTo(x - this.#seen * TURNED_TO);
  }

  reveal(frame: number): void {
    const x = frame / this.framesPerPixel;
    if (x < this.seenFrom || x > this.seenTo) this.#scrollTo(x - this.#seen / 3);
  }

  zoom(factor: number, aroundFrame?: number): void {
    const playheadPixel = this.host.playhead / this.framesPerPixel;
    const isPlayheadSeen = playheadPixel >= this.seenFrom && playheadPixel <= this.seenTo;
    const middle = (this.seenFrom + this.#seen / 2) * this.framesPerPixel;
    this.#zoomTo(this.framesPerPixel / factor, aroundFrame ?? (isPlayheadSeen ? this.host.playhead : middle));
  }

  /** The whole mix. */
  fit(): void {
    this.#zoomTo(this.#farthest, 0, 0);
    this.#scrollTo(0);
  }

  /** To what `desk.look` asks for. */
  look(startFrame: number, framesPerPixel: number): void {
    if (Math.abs(framesPerPixel - this.framesPerPixel) > 1e-9) this.#zoomTo(framesPerPixel, startFrame, 0);
    if (Math.abs(startFrame / this.framesPerPixel - this.seenFrom) > 1) this.#scrollTo(startFrame / this.framesPerPixel);
  }

  get #farthest(): number {
    return Math.max(NEAREST, this.host.length / Math.max(1, this.#seen * 0.98));
  }

  #zoomTo(wished: number, around: number, at = around / this.framesPerPixel - this.seenFrom): void {
    const nearest = Math.max(NEAREST, this.host.length / WIDEST_PIXELS);
    const next = Math.min(Math.max(wished, nearest), Math.max(this.#farthest, nearest));
    if (Math.abs(next - this.framesPerPixel) < 1e-9) return;
    const scale = this.framesPerPixel / next;
    this.framesPerPixel = next;
    this.lay();
    this.#scrollTo(around / next - at);
    this.host.zoomed(scale);
  }

  #scrollTo(pixel: number): void {
    this.element.scrollLeft = Math.max(0, pixel);
    this.#own = this.#left = this.element.scrollLeft;
  }

  #scrolled(): void {
    this.#left = this.element.scrollLeft;
    if (this.#own !== this.#left) {
      const x = this.host.playhead / this.framesPerPixel;
      this.isFollowing = x >= this.seenFrom && x <= this.seenTo;
    }
    this.#own = -1;
    this.host.scrolled();
  }

  #measure(): void {
    const strip = this.field.querySelector<HTMLElement>(".desk-corner")?.offsetWidth ?? 0;
    const whole = this.element.clientWidth;
    if (whole === 0) return;
    this.element.style.setProperty("--seen", `${whole}px`);
    const seen = Math.max(1, whole - strip);
    if (seen === this.#seen && strip === this.#strip) return;
    [this.#seen, this.#strip] = [seen, strip];
    this.#veil.style.setProperty("width", `${seen * 3}px`);
    if (!this.#isFitted) {
      this.#isFitted = true;
      this.framesPerPixel = this.#farthest;
    }
    this.lay();
    this.host.resized();
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    this.zoom(Math.exp(-Math.min(Math.max(event.deltaY * lines, -120), 120) / 300), this.frameAt(event.clientX));
  }

  /** Two fingers: what lies between them stays there. */
  #pinch(event: TouchEvent): void {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.host.signal]);
    const reach = (touches: TouchList): [number, number] => {
      const [one, other] = [touches[0]!, touches[1]!];
      return [Math.max(20, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)), (one.clientX + other.clientX) / 2];
    };
    const [began, centre] = reach(event.touches);
    const [framesPerPixel, frame] = [this.framesPerPixel, this.frameAt(centre)];
    this.element.addEventListener(
      "touchmove",
      (moved) => {
        if (moved.touches.length !== 2) return;
        moved.preventDefault();
        const [now, middle] = reach(moved.touches);
        const left = this.element.getBoundingClientRect().left + this.element.clientLeft + this.#strip;
        this.#zoomTo((framesPerPixel * began) / now, frame, middle - left);
      },
      { signal, passive: false },
    );
    for (const name of ["touchend", "touchcancel"] as const) this.element.addEventListener(name, () => stop.abort(), { signal });
  }
}
