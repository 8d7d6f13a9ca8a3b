// What part of a drawing is looked at, how large, and what pointers and the wheel do about it.

const CLOSEST = 2;
const DRAG_FROM = 4;

export interface Size {
  width: number;
  height: number;
}

export class View {
  x = 0;
  y = 0;
  scale = 1;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private drawn: Size = { width: 1, height: 1 };
  private travelled = 0;

  constructor(
    private readonly stage: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get frame(): Size {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  /** Whether the press that has just ended moved the drawing, and was no click. */
  get wasDragged(): boolean {
    return this.travelled > DRAG_FROM;
  }

  /** False while the table stands in its place. */
  get isSeen(): boolean {
    return this.stage.clientWidth > 0;
  }

  resize(drawn: Size): void {
    this.drawn = drawn;
    this.settle();
  }

  fit(): void {
    if (!this.isSeen) return;
    this.scale = Math.min(1, this.smallest);
    this.settle();
  }

  zoom(factor: number, at = { x: this.frame.width / 2, y: this.frame.height / 2 }): void {
    if (!this.isSeen) return;
    const scale = Math.min(CLOSEST, Math.max(Math.min(this.smallest, 1) * 0.9, this.scale * factor));
    const real = scale / this.scale;
    this.x = at.x - (at.x - this.x) * real;
    this.y = at.y - (at.y - this.y) * real;
    this.scale = scale;
    this.settle();
  }

  centre(x: number, y: number): void {
    this.x = this.frame.width / 2 - x * this.scale;
    this.y = this.frame.height / 2 - y * this.scale;
    this.settle();
  }

  /** By as little as shows the rectangle. */
  reveal(left: number, top: number, width: number, height: number): void {
    const pad = 24;
    const { width: w, height: h } = this.frame;
    const [x, y] = [left * this.scale + this.x, top * this.scale + this.y];
    this.x += Math.max(0, pad - x) - Math.max(0, x + width * this.scale + pad - w);
    this.y += Math.max(0, pad - y) - Math.max(0, y + height * this.scale + pad - h);
    this.settle();
  }

  /** Pans, pinches and zooms until the signal ends it. */
  listen(signal: AbortSignal): void {
    const stage = this.stage;
    stage.addEventListener("pointerdown", (event) => this.press(event), { signal });
    stage.addEventListener("pointermove", (event) => this.drag(event), { signal });
    for (const name of ["pointerup", "pointercancel"] as const) {
      stage.addEventListener(name, (event) => this.pointers.delete(event.pointerId), { signal });
    }
    stage.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    stage.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
  }

  private get smallest(): number {
    return Math.min(this.frame.width / this.drawn.width, this.frame.height / this.drawn.height);
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.pointers.size === 0) this.travelled = 0;
    this.pointers.set(event.pointerId, this.place(event));
  }

  private drag(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = this.place(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (!this.wasDragged) return;
    if (!this.stage.hasPointerCapture(event.pointerId)) this.stage.setPointerCapture(event.pointerId);
    if (other !== undefined) {
      const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      if (Number.isFinite(spread)) this.zoom(spread, other);
      return;
    }
    this.x += now.x - before.x;
    this.y += now.y - before.y;
    this.settle();
  }

  /** The page scrolls past a drawing that nobody works in. */
  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !this.stage.contains(document.activeElement)) return;
    event.preventDefault();
    const step = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    this.zoom(Math.exp(-Math.max(-120, Math.min(120, step)) / 300), this.place(event));
  }

  private place(event: MouseEvent): { x: number; y: number } {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** Never lost from sight: what is smaller than the frame stands in its middle. */
  private settle(): void {
    if (!this.isSeen) return;
    const held = (place: number, drawn: number, frame: number): number =>
      drawn <= frame ? (frame - drawn) / 2 : Math.min(0, Math.max(frame - drawn, place));
    this.x = held(this.x, this.drawn.width * this.scale, this.frame.width);
    this.y = held(this.y, this.drawn.height * this.scale, this.frame.height);
    this.changed();
  }
}
