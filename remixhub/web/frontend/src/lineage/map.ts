// The lineage explorer: the drawing that the page's JSON describes, walked by keyboard, pointer and touch. The table of
// the same works stands in the page already; it is what is seen without script, and by the key T.
import htmx from "htmx.org";
import { BOX, COLUMN, columnX, ELSEWHERE, Graph, told, type Direction, type Drawing } from "./graph";
import { CanvasStage } from "./canvas_stage";
import { walkTo } from "../drawn_links";
import { settle } from "../places";
import type { Stage } from "./stage";
import { SvgStage } from "./svg_stage";
import { View } from "./view";

const ELEMENTS_UP_TO = 200;
const READABLE = 0.7;
const CARD_AFTER_MS = 150;
const ARROWS: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** So that it can be reloaded, passed on, and come back to. */
function keepAddress(address: URL): void {
  history.replaceState(history.state, "", address);
  settle();
}

export class LineageMap extends HTMLElement {
  private graph!: Graph;
  private stage!: Stage;
  private view!: View;
  private looked = "";
  private lookedBefore = "";
  private heads: HTMLElement[] = [];
  private cardAsked: AbortController | undefined;
  private cardTimer = 0;
  private connection = new AbortController();
  private drawn = new AbortController();
  private isPlaced = false;
  private readonly resized = new ResizeObserver(() => this.resize());

  connectedCallback(): void {
    this.connection = new AbortController();
    const { signal } = this.connection;
    this.piece("[data-tools]").hidden = false;
    this.stageFrame.addEventListener("pointerdown", () => (this.lookedBefore = this.looked), { signal, capture: true });
    this.stageFrame.addEventListener("click", (event) => this.press(event), { signal });
    this.addEventListener("click", (event) => this.tool(event), { signal });
    this.addEventListener("keydown", (event) => this.key(event), { signal });
    this.stageFrame.addEventListener("focusin", (event) => this.arrive(event), { signal });
    this.view = new View(this.stageFrame, () => this.show());
    this.looked = "";
    this.isPlaced = false;
    // swapped in, it may stand here before the address is its own
    const isAddressed = location.pathname === this.dataset["page"] && location.hash.startsWith("#w-");
    this.draw(isAddressed ? location.hash.slice(3) : "", { takesFocus: false });
    this.view.listen(signal);
    this.resized.observe(this.stageFrame);
  }

  disconnectedCallback(): void {
    this.connection.abort();
    this.drawn.abort();
    this.cardAsked?.abort();
    window.clearTimeout(this.cardTimer);
    this.resized.disconnect();
  }

  /** From the JSON in the page; looks at `id`, or at the work whose page this is. */
  private draw(id: string, { takesFocus = true } = {}): void {
    this.drawn.abort();
    this.drawn = new AbortController();
    const drawing = JSON.parse(this.piece('script[type="application/json"]').textContent ?? "") as Drawing;
    this.graph = new Graph(drawing);
    this.stageFrame.style.setProperty("--drawn", `${this.graph.height}px`);
    const addressOf = (one: string): string => this.addressOf(one);
    this.stage =
      drawing.works.length <= ELEMENTS_UP_TO
        ? new SvgStage(this.stageFrame, this.graph, addressOf)
        : new CanvasStage(this.stageFrame, this.graph, addressOf, this.drawn.signal);
    this.heads = drawing.heads.map((words) => Object.assign(document.createElement("span"), { textContent: words }));
    this.piece(".lineage-heads").replaceChildren(...this.heads);
    const wanted = this.graph.boxes.has(id) ? id : drawing.focus_id;
    this.view.resize(this.graph);
    this.look(wanted, { takesFocus, isNews: wanted !== drawing.focus_id });
    this.resize();
  }

  /** At first the whole, if it can be read so; else what is looked at. */
  private resize(): void {
    this.view.resize(this.graph);
    if (this.isPlaced || !this.view.isSeen) return;
    this.isPlaced = true;
    this.place(this.looked);
  }

  private place(id: string): void {
    this.view.fit();
    if (this.view.scale < READABLE) {
      this.view.zoom(1 / this.view.scale);
      const box = this.graph.boxes.get(id);
      if (box !== undefined) this.view.centre(box.x + BOX.width / 2, box.y + BOX.height / 2);
    }
  }

  private show(): void {
    if (this.stage === undefined) return;
    this.stage.show(this.view);
    const { scale, x, frame } = this.view;
    // a finger that goes up or down scrolls the page, unless the drawing has more there
    this.stageFrame.classList.toggle("fits", this.graph.height * scale <= frame.height);
    this.heads.forEach((head, column) => {
      head.style.setProperty("transform", `translateX(${columnX(column) * scale + x}px)`);
      head.style.setProperty("width", `${COLUMN * scale}px`);
    });
  }

  private look(id: string, { takesFocus = true, isNews = true } = {}): void {
    const box = this.graph.boxes.get(id);
    if (box === undefined) return;
    const isNew = id !== this.looked;
    this.looked = id;
    this.stage.look(id, takesFocus);
    this.view.reveal(box.x, box.y, BOX.width, BOX.height);
    const open = this.piece<HTMLButtonElement>('[data-do="open"]');
    const { work } = box;
    open.disabled = work.hidden_sources + work.hidden_remixes === 0;
    if (!isNew || !isNews) return;
    this.piece("[data-said]").textContent = told(work, this.graph.drawing.heads[work.column] ?? "");
    const address = new URL(location.href);
    address.hash = `w-${id}`;
    keepAddress(address);
    this.askCard(id);
  }

  private isElsewhere(id: string): boolean {
    return this.graph.boxes.get(id)?.work.state === ELSEWHERE;
  }

  private addressOf(id: string): string {
    return (this.isElsewhere(id) ? (this.dataset["elsewhere"] ?? "") : (this.dataset["works"] ?? "")) + id;
  }

  /** Once one stays: who walks by needs no card. */
  private askCard(id: string): void {
    window.clearTimeout(this.cardTimer);
    this.cardAsked?.abort();
    this.cardTimer = window.setTimeout(() => void this.bringCard(id), CARD_AFTER_MS);
  }

  private async bringCard(id: string): Promise<void> {
    this.cardAsked = new AbortController();
    try {
      const card = this.isElsewhere(id) ? "card" : "lineage/card";
      const response = await fetch(`${this.addressOf(id)}/${card}`, { signal: this.cardAsked.signal });
      if (!response.ok) return;
      const place = this.piece("[data-card]");
      place.innerHTML = await response.text();
      htmx.process(place);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** The page as it is with other works: its JSON, its table and its count. */
  private async bring(change: (address: URL) => void, id: string): Promise<void> {
    const address = new URL(location.href);
    change(address);
    this.toggleAttribute("aria-busy", true);
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`The lineage could not be fetched: ${response.status}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const piece of ['script[type="application/json"]', ".lineage-rows", "[data-more]"]) {
        this.piece(piece).replaceChildren(...(page.querySelector(`lineage-map ${piece}`)?.childNodes ?? []));
        htmx.process(this.piece(piece));
      }
      const count = page.querySelector("[data-shown]")?.textContent ?? "";
      document.querySelector("[data-shown]")?.replaceChildren(count);
      keepAddress(address);
      this.draw(id);
      this.piece("[data-said]").textContent = count;
    } finally {
      this.toggleAttribute("aria-busy", false);
    }
  }

  private open(id: string): void {
    const work = this.graph.boxes.get(id)?.work;
    if (work === undefined || work.hidden_sources + work.hidden_remixes === 0) return;
    void this.bring((address) => address.searchParams.append("open", id), id);
  }

  /** A press on a work looks at it; one more opens its page. */
  private press(event: MouseEvent): void {
    const id = this.stage.workAt(event);
    const isDrag = this.view.wasDragged && event.detail > 0;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (isDrag || id === null) return;
    // the press has given the work the focus, and by that it is looked at already
    if (id === (event.detail > 0 ? this.lookedBefore : this.looked)) walkTo(this.addressOf(id));
    else this.look(id);
  }

  private tool(event: Event): void {
    const tool = (event.target as Element).closest<HTMLElement>("[data-do], [data-open]");
    if (tool === null) return;
    const acts: Record<string, () => void> = {
      in: () => this.view.zoom(1.25),
      out: () => this.view.zoom(0.8),
      fit: () => this.view.fit(),
      home: () => this.look(this.graph.drawing.focus_id),
      open: () => this.open(this.looked),
      table: () => this.turnTo("table"),
      drawing: () => this.turnTo("drawing"),
      more: () => void this.bring((address) => address.searchParams.set("limit", tool.dataset["next"] ?? ""), this.looked),
    };
    const act = tool.dataset["open"] ? () => this.open(tool.dataset["open"] ?? "") : acts[tool.dataset["do"] ?? ""];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "t") {
      this.turnTo(this.dataset["view"] === "table" ? "drawing" : "table");
      return event.preventDefault();
    }
    if (!this.stageFrame.contains(event.target as Node)) return;
    const direction = ARROWS[event.key];
    const acts: Record<string, () => void> = {
      "+": () => this.view.zoom(1.25),
      "=": () => this.view.zoom(1.25),
      "-": () => this.view.zoom(0.8),
      "0": () => this.view.fit(),
      e: () => this.open(this.looked),
      E: () => this.open(this.looked),
      Home: () => this.look(this.graph.drawing.focus_id),
      Escape: () => this.leave(),
    };
    const act = direction ? () => this.look(this.graph.next(this.looked, direction) ?? this.looked) : acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  private arrive(event: FocusEvent): void {
    const id = (event.target as HTMLElement).dataset["work"];
    if (id !== undefined && id !== this.looked) this.look(id);
  }

  /** Back to the work whose page this is; from there, out of the drawing. */
  private leave(): void {
    if (this.looked !== this.graph.drawing.focus_id) this.look(this.graph.drawing.focus_id);
    else this.piece<HTMLElement>('[data-do="fit"]').focus();
  }

  private turnTo(view: "table" | "drawing"): void {
    this.dataset["view"] = view;
    const address = new URL(location.href);
    if (view === "table") address.searchParams.set("view", "table");
    else address.searchParams.delete("view");
    keepAddress(address);
    if (view === "table") this.piece(".lineage-rows").focus();
    else this.look(this.looked);
  }

  private get stageFrame(): HTMLElement {
    return this.piece(".lineage-stage");
  }

  private piece<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
    const found = this.querySelector<Kind>(selector);
    if (found === null) throw new Error(`The lineage's page has no ${selector}.`);
    return found;
  }
}
