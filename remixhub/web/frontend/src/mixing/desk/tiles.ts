// A drawing as long as a mix, in still pictures of one width: each is drawn once for a zoom, some at a time, so that
// scrolling waits for none of them.

/** In CSS pixels; a multiple of a bar and its gap (waves.ts). */
export const TILE_PIXELS = 768;
const BUDGET_MS = 3;
const SHARPEST = 2;

/** What the style sheet says, asked once and not for each tile. */
export interface Look {
  readonly height: number;
  readonly plate: string;
  readonly ink: string;
  readonly font: string;
}

export type Draw = (context: CanvasRenderingContext2D, fromPixel: number, width: number, look: Look) => void;

/** Draws what waits, as much as fits beside a frame. */
class Painter {
  #waiting = new Set<() => void>();
  #frame = 0;

  ask(paint: () => void): void {
    this.#waiting.add(paint);
    this.#frame ||= requestAnimationFrame(() => this.#work());
  }

  forget(paint: () => void): void {
    this.#waiting.delete(paint);
  }

  #work(): void {
    this.#frame = 0;
    const until = performance.now() + BUDGET_MS;
    for (const paint of this.#waiting) {
      this.#waiting.delete(paint);
      paint();
      if (performance.now() > until) break;
    }
    if (this.#waiting.size > 0) this.#frame = requestAnimationFrame(() => this.#work());
  }
}

const painter = new Painter();

class Tile {
  readonly canvas = document.createElement("canvas");
  readonly paint: () => void;
  isPainted = false;

  constructor(
    readonly place: number,
    private readonly strip: Tiles,
  ) {
    this.canvas.className = "desk-tile";
    this.canvas.style.setProperty("left", `${place * TILE_PIXELS}px`);
    this.paint = () => this.#draw();
  }

  #draw(): void {
    const { look } = this.strip;
    const { height } = look;
    const context = this.canvas.getContext("2d");
    if (height === 0 || context === null) return;
    const ratio = Math.min(window.devicePixelRatio || 1, SHARPEST);
    this.canvas.width = Math.round(TILE_PIXELS * ratio); // clears it
    this.canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    this.strip.draw(context, this.place * TILE_PIXELS, TILE_PIXELS, look);
    this.isPainted = true;
    this.strip.settle();
  }
}

export class Tiles {
  readonly element = document.createElement("div");
  #tiles = new Map<number, Tile>();
  #before: HTMLElement | null = null;
  #beforeScale = 1;
  #look: Look | null = null;

  constructor(readonly draw: Draw) {
    this.element.className = "desk-tiles";
    this.element.setAttribute("aria-hidden", "true");
  }

  get look(): Look {
    if (this.#look === null) {
      const { color: plate, borderTopColor: ink, font } = getComputedStyle(this.element);
      this.#look = { height: this.element.clientHeight, plate, ink, font };
    }
    return this.#look;
  }

  /** Pixels of the whole drawing that are seen; a tile more is kept ready on both sides. */
  show(from: number, to: number): void {
    const first = Math.max(0, Math.floor(from / TILE_PIXELS) - 1);
    const last = Math.floor(to / TILE_PIXELS) + 1;
    for (const [place, tile] of this.#tiles) if (place < first - 1 || place > last + 1) this.#drop(tile);
    for (let place = first; place <= last; place++) {
      if (this.#tiles.has(place)) continue;
      const tile = new Tile(place, this);
      this.#tiles.set(place, tile);
      this.element.append(tile.canvas);
      painter.ask(tile.paint);
    }
  }

  /** What is seen is not what it was. */
  redraw(): void {
    for (const tile of this.#tiles.values()) painter.ask(tile.paint);
  }

  /** It is taller, lower, or in other inks. */
  restyle(): void {
    this.#look = null;
    this.redraw();
  }

  clear(): void {
    for (const tile of this.#tiles.values()) this.#drop(tile);
  }

  /** Another zoom: what is drawn is stretched until it is drawn anew. */
  zoom(scale: number): void {
    if (this.#before === null) {
      this.#before = document.createElement("div");
      this.#before.className = "desk-tiles-before";
      this.#beforeScale = 1;
      for (const tile of this.#tiles.values()) if (tile.isPainted) this.#before.append(tile.canvas);
      this.element.prepend(this.#before);
    }
    this.#beforeScale *= scale;
    this.#before.style.setProperty("transform", `scaleX(${this.#beforeScale})`);
    for (const tile of this.#tiles.values()) {
      painter.forget(tile.paint);
      if (tile.canvas.parentElement !== this.#before) tile.canvas.remove();
    }
    this.#tiles.clear();
  }

  settle(): void {
    if (this.#before === null) return;
    for (const tile of this.#tiles.values()) if (!tile.isPainted) return;
    this.#before.remove();
    this.#before = null;
  }

  #drop(tile: Tile): void {
    painter.forget(tile.paint);
    tile.canvas.remove();
    this.#tiles.delete(tile.place);
  }
}
