// Beyond a few hundred works: one picture, drawn anew for what is in sight, and a link that stands on the work looked at.

import { BOX, ELSEWHERE, told, type Box, type Curve, type Graph } from "./graph";
import type { AddressOf, Stage } from "./stage";
import { shapeOf } from "./svg_stage";
import type { View } from "./view";

const TEXT_FROM = 0.45;

export class CanvasStage implements Stage {
  private readonly canvas = document.createElement("canvas");
  private readonly cursor = document.createElement("a");
  private readonly paths: Path2D[];
  private inks: Record<string, string> = {};
  private way = new Set<Curve>();
  private current: Box | undefined;
  private view: View | undefined;
  private shown = "";
  private frameAsked = 0;

  constructor(
    private readonly frame: HTMLElement,
    private readonly graph: Graph,
    private readonly addressOf: AddressOf,
    signal: AbortSignal,
  ) {
    this.paths = graph.curves.map((curve) => new Path2D(curve.d));
    this.cursor.className = "lineage-cursor";
    frame.replaceChildren(this.canvas, this.cursor);
    this.readInks();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint(), { signal });
    void document.fonts.ready.then(() => this.repaint());
    signal.addEventListener("abort", () => cancelAnimationFrame(this.frameAsked));
  }

  look(id: string, takesFocus: boolean): void {
    const way = this.graph.way(id);
    this.way = new Set(this.graph.curves.filter((curve) => way.has(curve.link)));
    this.current = this.graph.boxes.get(id);
    if (this.current === undefined) return;
    const { work } = this.current;
    this.cursor.href = this.addressOf(id);
    this.cursor.dataset["work"] = id;
    this.cursor.setAttribute("aria-label", told(work, this.graph.drawing.heads[work.column] ?? ""));
    if (takesFocus) this.cursor.focus({ preventScroll: true });
    this.ask();
  }

  show(view: View): void {
    this.view = view;
    const place = [view.x, view.y, view.scale, view.frame.width, view.frame.height].join();
    if (place === this.shown) return;
    this.shown = place;
    this.ask();
  }

  workAt(event: MouseEvent): string | null {
    if (this.view === undefined) return null;
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - this.view.x) / this.view.scale;
    const y = (event.clientY - box.top - this.view.y) / this.view.scale;
    return this.graph.at(x, y)?.work.id ?? null;
  }

  private repaint(): void {
    this.readInks();
    this.ask();
  }

  /** As the browser computes them: a canvas knows no `light-dark()`. */
  private readInks(): void {
    const probe = document.createElement("span");
    this.frame.append(probe);
    for (const name of ["paper", "tint", "ink", "soft", "spot-1", "on-spot-1", "spot-1-text", "spot-2", "overprint"]) {
      probe.style.setProperty("color", `var(--${name})`);
      this.inks[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    for (const name of ["sans", "mono"]) this.inks[name] = getComputedStyle(this.frame).getPropertyValue(`--${name}`);
  }

  private ask(): void {
    if (this.frameAsked) return;
    this.frameAsked = requestAnimationFrame(() => {
      this.frameAsked = 0;
      if (this.view !== undefined) this.draw(this.view);
    });
  }

  private draw(view: View): void {
    const { width, height } = view.frame;
    const density = Math.min(devicePixelRatio, 2);
    if (this.canvas.width !== width * density || this.canvas.height !== height * density) {
      [this.canvas.width, this.canvas.height] = [width * density, height * density];
    }
    const pen = this.canvas.getContext("2d");
    if (pen === null) return;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.setTransform(density * view.scale, 0, 0, density * view.scale, density * view.x, density * view.y);
    const [left, top] = [-view.x / view.scale, -view.y / view.scale];
    const [right, bottom] = [left + width / view.scale, top + height / view.scale];
    this.drawLinks(pen, view.scale, (one) => one.right >= left && one.left <= right && one.bottom >= top && one.top <= bottom);
    for (const box of this.graph.boxes.values()) {
      if (box.x > right || box.x + BOX.width < left || box.y > bottom || box.y + BOX.height < top) continue;
      this.drawBox(pen, box, view.scale);
    }
    this.placeCursor(view);
  }

  private drawLinks(pen: CanvasRenderingContext2D, scale: number, isInSight: (curve: Curve) => boolean): void {
    const plain = new Path2D();
    const disputed = new Path2D();
    const near = new Path2D();
    this.graph.curves.forEach((curve, number) => {
      const path = this.paths[number];
      if (path === undefined || !isInSight(curve)) return;
      const kind = curve.link.state === "disputed" ? disputed : this.way.has(curve) ? near : plain;
      kind.addPath(path);
    });
    pen.strokeStyle = this.ink("ink");
    pen.lineWidth = Math.max(2, 0.6 / scale);
    pen.stroke(plain);
    pen.setLineDash([2, 6]);
    pen.stroke(disputed);
    pen.setLineDash([]);
    pen.strokeStyle = this.ink("spot-2");
    pen.lineWidth = Math.max(4, 1.5 / scale);
    pen.stroke(near);
  }

  private drawBox(pen: CanvasRenderingContext2D, box: Box, scale: number): void {
    const { work, x, y } = box;
    const isFocus = work.id === this.graph.drawing.focus_id;
    const isGone = work.state === "withdrawn" || work.state === "taken_down";
    pen.fillStyle = this.ink(isFocus ? "spot-1" : work.generation === 0 ? "tint" : "paper");
    if (!isGone) pen.fillRect(x, y, BOX.width, BOX.height);
    const isElsewhere = work.state === ELSEWHERE;
    pen.strokeStyle = this.ink(isElsewhere ? "spot-2" : "ink");
    pen.lineWidth = isElsewhere ? 3 : 2;
    pen.setLineDash(isElsewhere ? [1, 5] : isGone ? [6, 4] : []);
    pen.strokeRect(x, y, BOX.width, BOX.height);
    pen.setLineDash([]);
    if (scale < TEXT_FROM) return;
    pen.fillStyle = this.ink(isFocus ? "on-spot-1" : isGone ? "soft" : "ink");
    pen.font = `700 12px ${this.ink("sans")}`;
    pen.fillText(work.label, x + 10, y + 19);
    pen.font = `400 10px ${this.ink("mono")}`;
    pen.fillText(work.line, x + 10, y + 35);
    pen.fillStyle = this.ink("spot-2");
    if (work.hidden_sources) pen.fillText(`← ${work.hidden_sources} more`, x + 4, y + BOX.height + 11);
    if (work.hidden_remixes) {
      pen.textAlign = "end";
      pen.fillText(`${work.hidden_remixes} more →`, x + BOX.width - 4, y + BOX.height + 11);
      pen.textAlign = "start";
    }
    work.marks.forEach((mark, place) => this.drawMark(pen, mark, x + BOX.width - 16 - 17 * place, y + 15, isFocus));
  }

  private drawMark(pen: CanvasRenderingContext2D, mark: string, x: number, y: number, isFocus: boolean): void {
    const inks: Record<string, string> = { "share-alike": "spot-2", "no-sale": "spot-1-text", "own-terms": "overprint" };
    pen.save();
    pen.translate(x, y);
    pen.strokeStyle = this.ink(isFocus ? "on-spot-1" : (inks[mark] ?? "ink"));
    const path = new Path2D(shapeOf(mark));
    if (mark === "no-remixes") pen.fill(path);
    else pen.stroke(path);
    pen.restore();
  }

  private placeCursor(view: View): void {
    if (this.current === undefined) return;
    const style = this.cursor.style;
    style.setProperty("width", `${BOX.width * view.scale}px`);
    style.setProperty("height", `${BOX.height * view.scale}px`);
    const [x, y] = [this.current.x * view.scale + view.x, this.current.y * view.scale + view.y];
    style.setProperty("transform", `translate(${x}px, ${y}px)`);
  }

  private ink(name: string): string {
    return this.inks[name] ?? "";
  }
}
