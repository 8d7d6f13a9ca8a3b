// The lineage as the server laid it out, in pixels, and the ways through it. No DOM: the stages draw what this says.

export interface DrawnWork {
  id: string;
  title: string;
  artist: string;
  licence_name: string;
  marks: string[];
  state: string;
  label: string;
  line: string;
  generation: number;
  column: number;
  row: number;
  hidden_sources: number;
  hidden_remixes: number;
}

export interface DrawnLink {
  source_id: string;
  derivative_id: string;
  kind: string;
  state: string;
  bends: number[];
}

/** A source that is not on this hub; its links come with it. */
export interface DrawnElsewhere {
  id: string;
  title: string;
  artist: string;
  site: string;
  licence_name: string;
  marks: string[];
  label: string;
  line: string;
  column: number;
  row: number;
  hidden_remixes: number;
  citations: { derivative_id: string; kind: string; state: string; bends: number[] }[];
}

export interface Drawing {
  focus_id: string;
  shown: number;
  total: number;
  is_counted_out: boolean;
  beside: number;
  opened: string[];
  heads: string[];
  rows: number;
  works: DrawnWork[];
  links: DrawnLink[];
  elsewhere: DrawnElsewhere[];
}

/** As a box: of no state that a work of this hub has, and of no generation. */
export const ELSEWHERE = "elsewhere";

/** The same boxes as domain/lineage/pictures.py has. */
export const BOX = { width: 166, height: 46 } as const;
export const COLUMN = 208;
const ROW = 60;
const MARGIN = 14;

export type Direction = "left" | "right" | "up" | "down";

export interface Box {
  work: DrawnWork;
  x: number;
  y: number;
}

export interface Curve {
  link: DrawnLink;
  d: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export class Graph {
  readonly boxes = new Map<string, Box>();
  readonly curves: Curve[];
  readonly width: number;
  readonly height: number;
  private readonly above = new Map<string, DrawnLink[]>();
  private readonly below = new Map<string, DrawnLink[]>();
  private readonly columns = new Map<number, Box[]>();

  constructor(readonly drawing: Drawing) {
    const links = [...drawing.links, ...drawing.elsewhere.flatMap(linksOf)];
    for (const work of [...drawing.elsewhere.map(asWork), ...drawing.works]) {
      const box = { work, x: columnX(work.column), y: rowY(work.row) - BOX.height / 2 };
      this.boxes.set(work.id, box);
      append(this.columns, work.column, box);
    }
    for (const link of links) {
      append(this.above, link.derivative_id, link);
      append(this.below, link.source_id, link);
    }
    this.curves = links.map((link) => this.curve(link));
    this.width = columnX(drawing.heads.length - 1) + BOX.width + MARGIN;
    this.height = rowY(drawing.rows) + MARGIN;
  }

  /** Where an arrow leads: along links to the nearest, or to the next in the column. Null at an end. */
  next(id: string, direction: Direction): string | null {
    const here = this.boxes.get(id);
    if (here === undefined) return null;
    if (direction === "up" || direction === "down") {
      const column = this.columns.get(here.work.column) ?? [];
      return column[column.indexOf(here) + (direction === "up" ? -1 : 1)]?.work.id ?? null;
    }
    const ids =
      direction === "left"
        ? (this.above.get(id) ?? []).map((link) => link.source_id)
        : (this.below.get(id) ?? []).map((link) => link.derivative_id);
    const distance = (other: string): number => {
      const box = this.boxes.get(other);
      return box === undefined ? Infinity : Math.abs(box.x - here.x) * 4 + Math.abs(box.y - here.y);
    };
    return ids.sort((one, other) => distance(one) - distance(other))[0] ?? null;
  }

  /** The links by which a work came from its roots, and those to its own remixes. */
  way(id: string): Set<DrawnLink> {
    const way = new Set(this.below.get(id) ?? []);
    const waiting = [id];
    const met = new Set(waiting);
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      for (const link of this.above.get(one) ?? []) {
        way.add(link);
        if (met.has(link.source_id)) continue;
        met.add(link.source_id);
        waiting.push(link.source_id);
      }
    }
    return way;
  }

  at(x: number, y: number): Box | null {
    const column = this.columns.get(Math.floor((x - MARGIN) / COLUMN)) ?? [];
    return column.find((box) => x >= box.x && x <= box.x + BOX.width && y >= box.y && y <= box.y + BOX.height) ?? null;
  }

  private curve(link: DrawnLink): Curve {
    const source = this.box(link.source_id);
    const derivative = this.box(link.derivative_id);
    let [x, y] = [source.x + BOX.width, source.y + BOX.height / 2];
    const start = [x, y] as const;
    let d = `M${x} ${y}`;
    const ys = [y];
    link.bends.forEach((bend, passed) => {
      const [toX, toY] = [columnX(source.work.column + 1 + passed), rowY(bend)];
      d += bow(x, y, toX, toY) + `H${toX + BOX.width}`;
      [x, y] = [toX + BOX.width, toY];
      ys.push(toY);
    });
    const [endX, endY] = [derivative.x, derivative.y + BOX.height / 2];
    ys.push(endY);
    return { link, d: d + bow(x, y, endX, endY), left: start[0], right: endX, top: Math.min(...ys), bottom: Math.max(...ys) };
  }

  private box(id: string): Box {
    const box = this.boxes.get(id);
    if (box === undefined) throw new Error(`A link leads to ${id}, which is not drawn.`);
    return box;
  }
}

function asWork(one: DrawnElsewhere): DrawnWork {
  return { ...one, state: ELSEWHERE, generation: -1, hidden_sources: 0 };
}

function linksOf(one: DrawnElsewhere): DrawnLink[] {
  return one.citations.map((citation) => ({ ...citation, source_id: one.id }));
}

/** In words, for who does not see the box. */
export function told(work: DrawnWork, head: string): string {
  const marks = work.marks.map((mark) => mark.replace("-", " "));
  const hidden = [work.hidden_sources ? `${work.hidden_sources} more` : "", work.hidden_remixes ? `${work.hidden_remixes} more` : ""];
  const written = [work.label, work.line, ...hidden].filter(Boolean).join(" "); // first, so that it can be spoken to
  return [
    written,
    ...(work.label === work.title ? [] : [`in full ${work.title} by ${work.artist}`]),
    work.licence_name,
    ...marks,
    ...(work.state === "published" ? [] : [work.state.replace("_", " ")]),
    head,
  ].join(", ");
}

function bow(x: number, y: number, toX: number, toY: number): string {
  const middle = (x + toX) / 2;
  return `C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`;
}

export function columnX(column: number): number {
  return MARGIN + column * COLUMN;
}

function rowY(row: number): number {
  return MARGIN + row * ROW - (ROW - BOX.height) / 2;
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
