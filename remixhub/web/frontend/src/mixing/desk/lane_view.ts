// One lane: its strip of keys and faders, and its stage with waves, clips and silences.
import * as edits from "../document/edits";
import type { Lane } from "../document/mix";
import { AutomationView } from "./automation_view";
import { ClipView } from "./clip_view";
import { follow } from "./dragging";
import { Fader, type Kind } from "./fader";
import { key, make, say, set } from "./make";
import { drawMute, MuteView } from "./mute_view";
import type { DeskStem } from "./page";
import { ticks } from "./scale";
import type { Height, Surface } from "./surface";
import { type Look, Tiles } from "./tiles";
import { drawClip, type Wave } from "./waves";

const HEIGHTS: readonly Height[] = ["s", "m", "l"];
const HEIGHT_NAMES: Record<Height, string> = { s: "low", m: "mid", l: "tall" };
const FLOOR_DB = -48;

/** What only the desk as a whole can do for a lane. */
export interface LaneHost {
  dragLane(event: PointerEvent, lane: LaneView): void;
  keepHeight(stem: string, height: Height): void;
}

export class LaneView {
  readonly element = make("li", { class: "mix-lane" });
  readonly row = make("div", { class: "desk-row", role: "group", tabindex: -1 });
  place = 0;
  wave: Wave | null = null;
  #lane: Lane | null = null;
  #grid: unknown;
  #stage = make("div", { class: "desk-stage" });
  #chrome = make("div", { class: "desk-chrome" });
  #tiles = new Tiles((context, from, width, look) => this.#draw(context, from, width, look));
  #meter = make("span", { class: "desk-meter", "aria-hidden": "true" }, make("span"));
  #gain: Fader;
  #pan: Fader;
  #solo: HTMLButtonElement;
  #mute: HTMLButtonElement;
  #more: HTMLButtonElement;
  #grip: HTMLButtonElement;
  #faders: HTMLElement;
  #extra = make("div", { class: "lane-extra", hidden: true });
  #heightKeys: HTMLButtonElement[];
  #lineKeys: Record<Kind, HTMLButtonElement>;
  #lines: Partial<Record<Kind, AutomationView>> = {};
  #clips: ClipView[] = [];
  #mutes: MuteView[] = [];
  #shown = -1;
  #isSeen = false;

  constructor(
    private readonly surface: Surface,
    host: LaneHost,
    readonly stem: DeskStem,
  ) {
    const { desk, canEdit } = surface;
    const { name } = stem;
    this.element.dataset["family"] = stem.family;
    const fader = (kind: Kind, home: number): Fader =>
      new Fader({ kind, name, home, canEdit, change: (value, isDone) => this.#turn(kind, value, isDone) });
    this.#gain = fader("gain", stem.gain_db);
    this.#pan = fader("pan", 0);
    this.#solo = key(`Solo ${name}`, "S", (event) =>
      desk.change(`${this.#lane?.solo ? "Ended solo of" : "Solo:"} ${name}`, (mix) =>
        edits.setSolo(mix, this.place, !this.#lane?.solo, event.ctrlKey || event.metaKey || event.shiftKey)),
    );
    this.#mute = key(`Mute ${name}`, "M", () =>
      desk.change(`${this.#lane?.muted ? "Unmuted" : "Muted"} ${name}`, (mix) => edits.setMuted(mix, this.place, !this.#lane?.muted)),
    );
    this.#grip = make("button", { type: "button", class: "plain lane-grip", "aria-label": `Move ${name}: arrow up, arrow down`, title: "Drag to move the lane" });
    this.#grip.addEventListener("pointerdown", (event) => event.button === 0 && canEdit && host.dragLane(event, this));
    this.#grip.addEventListener("keydown", (event) => this.#walk(event));
    this.#more = key(`More of ${name}`, "…", () => this.#open(this.#extra.hidden), { "aria-expanded": "false", class: "mini lane-more" });
    this.#heightKeys = HEIGHTS.map((one) =>
      key(`${name}: ${HEIGHT_NAMES[one]} lane`, HEIGHT_NAMES[one], () => {
        this.setHeight(one);
        host.keepHeight(stem.id, one);
      }),
    );
    this.#lineKeys = {
      gain: key(`Gain line of ${name}`, "gain", () => this.openLine("gain")),
      pan: key(`Pan line of ${name}`, "pan", () => this.openLine("pan")),
    };
    const off = key(`Take off the desk: ${name}`, "take off", () =>
      desk.change(`Took ${name} off the desk`, (mix) => edits.removeLane(mix, this.place)),
    );
    for (const one of [this.#solo, this.#mute, off]) one.disabled = !canEdit;
    this.#faders = make("div", { class: "lane-faders" }, this.#gain.element, this.#pan.element);
    const caption = (text: string): HTMLElement => make("span", { "aria-hidden": "true", text });
    this.#extra.append(make("div", {}, caption("height"), ...this.#heightKeys), make("div", {}, caption("lines"), this.#lineKeys.gain, this.#lineKeys.pan, off));
    const title = make("span", { class: "tape", dir: "auto", text: name, title: name });
    const strip = make(
      "div",
      { class: "desk-strip" },
      this.#grip,
      make("div", { class: "lane-top" }, title, this.#solo, this.#mute, this.#more, this.#meter),
      this.#faders,
      this.#extra,
    );
    this.#stage.append(this.#tiles.element, this.#chrome);
    this.row.append(strip, this.#stage);
    this.element.append(this.row);
    this.row.addEventListener("focusin", (event) => this.#arrive(event.target as Element));
    strip.addEventListener("pointerdown", () => this.#select());
    this.#chrome.addEventListener("pointerdown", (event) => this.#press(event));
    this.setHeight("m");
  }

  show(lane: Lane, place: number): void {
    const { mix } = this.surface.desk;
    const isSame = lane === this.#lane && place === this.place && mix.grid === this.#grid;
    this.place = place;
    this.#showSilenced(lane);
    if (!isSame) {
      const drawsAnew = lane.clips !== this.#lane?.clips || mix.grid !== this.#grid;
      [this.#lane, this.#grid] = [lane, mix.grid];
      set(this.row, "data-lane", place);
      set(this.row, "aria-label", `Lane ${place + 1}, ${this.stem.name}`);
      this.#gain.show(lane.gain_db);
      this.#pan.show(lane.pan);
      set(this.#solo, "aria-pressed", String(lane.solo));
      set(this.#mute, "aria-pressed", String(lane.muted));
      this.#showClips(lane);
      this.#showMutes(lane);
      if (drawsAnew) this.#tiles.redraw();
    }
    for (const kind of ["gain", "pan"] as const) {
      const count = lane[`${kind}_points`].length;
      say(this.#lineKeys[kind], count > 0 ? `${kind} ●` : kind);
      this.#lines[kind]?.show(place);
    }
  }

  setHeight(height: Height): void {
    this.element.dataset["height"] = height;
    HEIGHTS.forEach((one, at) => set(this.#heightKeys[at]!, "aria-pressed", String(one === height)));
    this.#tiles.restyle();
  }

  openLine(kind: Kind, isOpen = this.#lines[kind] === undefined): void {
    const line = this.#lines[kind];
    if (isOpen === (line !== undefined)) return;
    if (line) {
      line.element.remove();
      delete this.#lines[kind];
      this.#lineKeys[kind].focus({ preventScroll: true });
    } else {
      const opened = new AutomationView(this.surface, this.place, kind, () => this.openLine(kind, false));
      this.#lines[kind] = opened;
      const pan = this.#lines.pan?.element;
      this.element.insertBefore(opened.element, kind === "gain" && pan ? pan : null);
      opened.show(this.place);
      opened.scroll();
      opened.element.scrollIntoView({ block: "nearest" });
    }
    set(this.#lineKeys[kind], "aria-pressed", String(isOpen));
  }

  /** The part of the mix in sight has moved. */
  scroll(): void {
    if (!this.#isSeen) return;
    this.#tiles.show(this.surface.seenFrom, this.surface.seenTo);
    for (const line of Object.values(this.#lines)) line.scroll();
  }

  zoom(scale: number): void {
    if (this.#isSeen) this.#tiles.zoom(scale);
    else this.#tiles.clear();
    for (const one of [...this.#clips, ...this.#mutes]) one.lay();
    for (const line of Object.values(this.#lines)) line.zoom(scale);
  }

  /** Lanes out of sight are not drawn. */
  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.scroll();
  }

  redraw(): void {
    this.#tiles.restyle();
    for (const line of Object.values(this.#lines)) line.redraw();
  }

  mark(): void {
    const { lane, clip, part } = this.surface.desk.selection;
    const isHere = lane === this.place;
    this.row.toggleAttribute("data-selected", isHere);
    this.row.tabIndex = isHere ? 0 : -1;
    this.#clips.forEach((one, at) => one.mark(isHere && at === clip));
    this.#mutes.forEach((one, at) => one.mark(isHere && part?.kind === "mute" && part.index === at));
    for (const line of Object.values(this.#lines)) line.mark();
  }

  /** What stands for the selection here, to take the focus. */
  focusable(): HTMLElement {
    const { clip, part } = this.surface.desk.selection;
    if (part?.kind === "mute") return this.#mutes[part.index]?.element ?? this.row;
    if (part?.kind === "gain" || part?.kind === "pan") {
      return this.#lines[part.kind]?.element.querySelector<HTMLElement>(`[data-point="${part.kind}:${part.index}"]`) ?? this.row;
    }
    return (clip === null ? undefined : this.#clips[clip]?.element) ?? this.row;
  }

  /** dBFS */
  level(db: number): void {
    const shown = Math.round(Math.min(1, Math.max(0, 1 - db / FLOOR_DB)) * 40);
    if (shown === this.#shown) return;
    this.#shown = shown;
    (this.#meter.firstElementChild as HTMLElement).style.setProperty("transform", `scaleY(${shown / 40})`);
  }

  #showSilenced(lane: Lane): void {
    const anySolo = this.surface.desk.mix.lanes.some((one) => one.solo);
    this.element.toggleAttribute("data-silenced", lane.muted || (anySolo && !lane.solo));
  }

  #showClips(lane: Lane): void {
    while (this.#clips.length > lane.clips.length) this.#clips.pop()?.element.remove();
    while (this.#clips.length < lane.clips.length) {
      const view = new ClipView(this.surface);
      this.#clips.push(view);
      this.#chrome.append(view.element);
    }
    lane.clips.forEach((clip, at) => this.#clips[at]?.show(clip, this.place, at, this.stem.name, this.stem.frames));
  }

  #showMutes(lane: Lane): void {
    while (this.#mutes.length > lane.mute_ranges.length) this.#mutes.pop()?.element.remove();
    while (this.#mutes.length < lane.mute_ranges.length) {
      const view = new MuteView(this.surface);
      this.#mutes.push(view);
      this.#chrome.append(view.element);
    }
    lane.mute_ranges.forEach((span, at) => this.#mutes[at]?.show(span, this.place, at, this.stem.name));
  }

  #turn(kind: Kind, value: number, isDone: boolean): void {
    const { desk } = this.surface;
    const { name } = this.stem;
    this.#select();
    if (kind === "gain") desk.change(`Gain of ${name}`, (mix) => edits.setGain(mix, this.place, value), `gain-${this.place}`);
    else desk.change(`Pan of ${name}`, (mix) => edits.setPan(mix, this.place, value), `pan-${this.place}`);
    if (isDone) desk.settle();
  }

  #open(isOpen: boolean): void {
    this.#extra.hidden = !isOpen;
    this.element.toggleAttribute("data-open", isOpen);
    set(this.#more, "aria-expanded", String(isOpen));
  }

  #walk(event: KeyboardEvent): void {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by === 0 || event.ctrlKey || event.metaKey || event.altKey || !this.surface.canEdit) return;
    event.preventDefault();
    event.stopPropagation();
    const to = this.place + by;
    if (to < 0 || to >= this.surface.desk.mix.lanes.length) return;
    this.surface.desk.change(`Moved ${this.stem.name} to lane ${to + 1}`, (mix) => edits.moveLane(mix, this.place, to));
    this.surface.desk.select({ lane: to, clip: null });
    this.#grip.focus();
  }

  #arrive(target: Element): void {
    if (target.closest(".desk-chrome") === null) this.#select();
  }

  #select(): void {
    const { desk } = this.surface;
    if (desk.selection.lane !== this.place) desk.select({ lane: this.place, clip: null });
  }

  /** Where nothing stands: the playhead goes there, or a silence begins. */
  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { surface } = this;
    const isBare = event.target === this.#chrome;
    if (surface.tool === "mutes" && surface.canEdit) {
      if ((event.target as Element).closest(".desk-mute") !== null) return;
      event.preventDefault();
      this.#select();
      drawMute(event, surface, this.place);
      return;
    }
    if (!isBare) return;
    follow(event, {
      move: () => undefined,
      end: (isCancelled, wasMoved) => {
        if (isCancelled || wasMoved) return;
        surface.desk.select({ lane: this.place, clip: null });
        surface.seek(Math.max(0, surface.snapFor(event, surface.frameAt(event.clientX))));
      },
    });
  }

  #draw(context: CanvasRenderingContext2D, fromPixel: number, width: number, look: Look): void {
    const lane = this.#lane;
    if (lane === null) return;
    const { framesPerPixel, desk } = this.surface;
    const { height } = look;
    context.fillStyle = look.ink;
    context.globalAlpha = 0.14;
    const [from, to] = [fromPixel * framesPerPixel, (fromPixel + width) * framesPerPixel];
    for (const tick of ticks(from, to, framesPerPixel * 3, desk.mix.grid, desk.mix.sample_rate_hz)) {
      context.fillRect(Math.round(tick.frame / framesPerPixel - fromPixel), 0, 1, height);
    }
    context.globalAlpha = 1;
    context.fillStyle = context.strokeStyle = look.plate;
    context.lineWidth = 1.5;
    for (const clip of lane.clips) {
      const { start, end } = edits.clipSpan(clip, this.stem.frames);
      if (end <= from || start >= to) continue;
      drawClip(context, clip, end - start, this.wave, framesPerPixel, fromPixel, width, height);
    }
  }
}
