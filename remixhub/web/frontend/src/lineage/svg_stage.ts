// Up to a few hundred works: elements that the browser draws, focuses and finds text in.

import { BOX, ELSEWHERE, told, type Box, type Graph } from "./graph";
import type { AddressOf, Stage } from "./stage";
import type { View } from "./view";

const SVG = "http://www.w3.org/2000/svg";

export class SvgStage implements Stage {
  private readonly svg = element("svg", { class: "lineage-drawing", role: "presentation" });
  private readonly all = element("g", {});
  private readonly anchors = new Map<string, SVGAElement>();
  private readonly paths: SVGPathElement[] = [];
  private current: SVGAElement | undefined;

  constructor(
    frame: HTMLElement,
    private readonly graph: Graph,
    addressOf: AddressOf,
  ) {
    for (const curve of graph.curves) {
      const path = element("path", { class: "lineage-link", d: curve.d });
      path.classList.toggle("disputed", curve.link.state === "disputed");
      this.paths.push(path);
    }
    const boxes = [...graph.boxes.values()].map((box) => this.anchor(box, addressOf));
    this.all.append(...this.paths, ...boxes);
    this.svg.append(this.all);
    frame.replaceChildren(this.svg);
  }

  look(id: string, takesFocus: boolean): void {
    const way = this.graph.way(id);
    this.graph.curves.forEach((curve, number) => this.paths[number]?.classList.toggle("near", way.has(curve.link)));
    this.current?.classList.remove("current");
    this.current?.setAttribute("tabindex", "-1");
    this.current = this.anchors.get(id);
    this.current?.classList.add("current");
    this.current?.setAttribute("tabindex", "0");
    if (takesFocus) this.current?.focus({ preventScroll: true });
  }

  show(view: View): void {
    this.all.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  }

  workAt(event: MouseEvent): string | null {
    return (event.target as Element).closest("a")?.dataset["work"] ?? null;
  }

  private anchor(box: Box, addressOf: AddressOf): SVGAElement {
    const { work, x, y } = box;
    const anchor = element("a", { href: addressOf(work.id), tabindex: "-1", transform: `translate(${x} ${y})` });
    anchor.dataset["work"] = work.id;
    anchor.setAttribute("aria-label", told(work, this.graph.drawing.heads[work.column] ?? ""));
    const isFocus = work.id === this.graph.drawing.focus_id;
    const kind = `${isFocus ? " focus" : work.generation === 0 ? " root" : ""}${work.state === ELSEWHERE ? " outside" : work.state === "published" || work.state === "draft" ? "" : " gone"}`;
    anchor.append(
      element("rect", { class: `lineage-box${kind}`, width: `${BOX.width}`, height: `${BOX.height}` }),
      text("lineage-title", 10, 19, work.label),
      " ", // what is written is read as words of their own
      text("lineage-line", 10, 35, work.line),
      ...work.marks.map((mark, place) => shape(mark, BOX.width - 16 - 17 * place, 15)),
    );
    if (work.hidden_sources) anchor.append(" ", text("lineage-more", 4, BOX.height + 11, `← ${work.hidden_sources} more`));
    if (work.hidden_remixes) anchor.append(" ", text("lineage-more", BOX.width - 4, BOX.height + 11, `${work.hidden_remixes} more →`, "end"));
    this.anchors.set(work.id, anchor);
    return anchor;
  }
}

/** About a point, as templates/lineage/shapes.html draws them. */
const SHAPES: Record<string, string> = {
  "share-alike": "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0Z",
  "no-sale": "M-6.5 5L0-6.5L6.5 5Z",
  "no-remixes": "M-5-5h10v10h-10Z",
  "own-terms": "M0-7L7 0L0 7L-7 0Z",
};

export function shapeOf(mark: string): string {
  return SHAPES[mark] ?? SHAPES["own-terms"]!;
}

function shape(mark: string, x: number, y: number): SVGPathElement {
  return element("path", { class: `lineage-mark ${mark}`, d: shapeOf(mark), transform: `translate(${x} ${y})` });
}

function text(name: string, x: number, y: number, words: string, anchor = "start"): SVGTextElement {
  const made = element("text", { class: name, x: `${x}`, y: `${y}`, "text-anchor": anchor });
  made.textContent = words;
  return made;
}

function element<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string>): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
