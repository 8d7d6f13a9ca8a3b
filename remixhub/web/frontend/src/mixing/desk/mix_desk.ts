// The desk: builds its parts from the page's JSON, and keeps them at one with the mix, the view and what sounds.
import { clockText } from "../../clock_text";
import * as edits from "../document/edits";
import type { Mix } from "../document/mix";
import { atRate, readMix } from "../document/reading";
import { connectKeeping } from "../keeping/keeping";
import { connectKeys } from "../keys/keys";
import { Engine } from "../sound/engine";
import { AutomationView } from "./automation_view";
import { Desk } from "./desk";
import { watchWheel, type Kind } from "./fader";
import { connectInspector } from "./inspector";
import { LaneList } from "./lane_list";
import { make, say, set } from "./make";
import { Master } from "./master";
import type { DeskPage, DeskStem } from "./page";
import { Roll, type RollHost } from "./roll";
import { Ruler } from "./ruler";
import { connectSounding, type Sounding } from "./sounding";
import type { Surface, Tool } from "./surface";
import { tellWords } from "./telling";
import { Toolbar } from "./toolbar";
import { Transport, type TransportHost } from "./transport";
import { Unused } from "./unused";
import { waysOut } from "./ways_out";


export class MixDesk extends HTMLElement implements Surface, RollHost, TransportHost {
  readonly element = this;
  readonly room = this;
  desk!: Desk;
  engine!: Engine;
  page!: DeskPage;
  canEdit = true;
  isSnapping = true;
  length = 0;
  /** What the page has put in: heading and JSON. */
  #page: Element[] | undefined;
  #connection = new AbortController();
  #stems = new Map<string, DeskStem>();
  #tool: Tool = "clips";
  #isLooping = false;
  #cameFrom = 0;
  #roll!: Roll;
  #ruler!: Ruler;
  #transport!: Transport;
  #master!: Master;
  #toolbar!: Toolbar;
  #unused!: Unused;
  #sounding!: Sounding;
  #lanes!: LaneList;
  #masterLines: Partial<Record<Kind, AutomationView>> = {};
  #masterPlace = make("div", { class: "desk-master-lines" });
  #kept = make("div", { class: "desk-kept" });
  #inspector = make("section", { class: "desk-inspector", "aria-label": "Values" });
  #trouble = make("p", { class: "desk-trouble" });
  #note = make("p", { class: "small soft desk-note" });
  #live = make("p", { class: "visually-hidden", role: "status" });
  #frame = 0;
  #shown: Mix | null = null;

  connectedCallback(): void {
    this.#page ??= [...this.children];
    this.replaceChildren(...this.#page); // moved within the page, it is begun anew
    this.#connection = new AbortController();
    this.page = JSON.parse(this.querySelector('script[type="application/json"]')?.textContent ?? "") as DeskPage;
    const { pack, draft } = this.page;
    this.canEdit = !this.page.is_read_only;
    this.#stems = new Map(pack.stems.map((stem) => [stem.id, stem]));
    const written = readMix(draft?.spec ?? this.page.spec, pack.rate_hz);
    const mix = atRate(written, pack.rate_hz);
    this.desk = new Desk(mix, new Map(pack.stems.map((stem) => [stem.id, stem.frames])), draft?.title ?? this.page.title);
    this.length = edits.mixFrames(mix, this.desk.stemFrames);
    this.engine = new Engine(mix.sample_rate_hz, pack.stems);
    this.engine.setMix(mix);
    this.#isLooping = mix.loop !== null;
    this.#build();
    this.#listen();
    const keeping = connectKeeping(this, this.#kept);
    this.#kept.after(waysOut(this, keeping));
    connectKeys(this, keeping);
    connectInspector(this, this.#inspector);
    tellWords(this, this.#live);
    if (written.sample_rate_hz !== pack.rate_hz) this.desk.say(`This mix was made at ${written.sample_rate_hz} Hz; its places are now those of ${pack.rate_hz} Hz.`);
    this.#showMix();
    this.#roll.connect();
    this.#showState();
  }

  disconnectedCallback(): void {
    this.#connection.abort();
    cancelAnimationFrame(this.#frame);
    void this.engine.close();
  }

  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  get playhead(): number {
    return Math.round(this.engine.position);
  }

  get framesPerPixel(): number {
    return this.#roll.framesPerPixel;
  }

  get seenFrom(): number {
    return this.#roll.seenFrom;
  }

  get seenTo(): number {
    return this.#roll.seenTo;
  }

  get tool(): Tool {
    return this.#tool;
  }

  set tool(tool: Tool) {
    this.#tool = tool;
    this.dataset["tool"] = tool;
    this.#toolbar.show();
  }

  get isLooping(): boolean {
    return this.#isLooping;
  }

  /** Without a loop, what is in sight becomes one. */
  set isLooping(isLooping: boolean) {
    if (isLooping && this.desk.mix.loop === null) {
      const [from, to] = [this.seenFrom * this.framesPerPixel, Math.min(this.length, this.seenTo * this.framesPerPixel)];
      const third = (to - from) / 3;
      this.desk.change("Set the loop", (mix) =>
        edits.setLoop(mix, { startFrames: this.snap(from + third), endFrames: this.snap(from + 2 * third) }));
    }
    this.#isLooping = isLooping && this.desk.mix.loop !== null;
    this.#tellLoop();
    this.#transport.showState();
    this.desk.say(this.#isLooping ? "The loop repeats" : "The loop is passed through");
  }

  seek(frame: number): void {
    this.engine.seek(Math.round(Math.max(0, frame)));
    this.#showPlayhead();
    this.#transport.showState();
  }

  toggle(from?: "loop"): void {
    const { loop } = this.desk.mix;
    if (this.engine.isPlaying && from === undefined) {
      this.engine.pause();
      return;
    }
    if (from === "loop") this.engine.seek(loop?.start_frames ?? 0);
    else if (this.playhead >= this.length) this.engine.seek(0);
    this.#cameFrom = this.playhead;
    this.#roll.isFollowing = true;
    this.#sounding.announce();
    void this.engine.play().catch((fault: unknown) => {
      if (!this.signal.aborted) this.desk.say(fault instanceof Error ? fault.message : "It could not be played.");
    });
  }

  /** Back to where it was begun. */
  stop(): void {
    if (this.engine.isPlaying) {
      this.engine.pause();
      this.seek(this.#cameFrom);
    } else this.seek(0);
    this.reveal(this.playhead);
  }

  snap(frame: number): number {
    if (!this.isSnapping) return Math.max(0, frame);
    return edits.snappedNear(this.desk.mix, frame, { stemFrames: this.desk.stemFrames, framesPerPixel: this.framesPerPixel });
  }

  snapFor(event: { ctrlKey: boolean; metaKey: boolean }, frame: number): number {
    const isOn = this.isSnapping !== (event.ctrlKey || event.metaKey);
    return isOn ? edits.snapped(this.desk.mix, frame, this.framesPerPixel) : Math.max(0, frame);
  }

  frameAt(clientX: number): number {
    return this.#roll.frameAt(clientX);
  }

  zoom(factor: number, aroundFrame?: number): void {
    this.#roll.zoom(factor, aroundFrame);
  }

  reveal(frame: number): void {
    this.#roll.reveal(frame);
  }

  openAutomation(lane: number, isOpen?: boolean, kind: Kind = "gain"): void {
    if (lane === edits.MASTER) this.#openMasterLine(kind, isOpen);
    else this.#lanes.at(lane)?.openLine(kind, isOpen);
  }

  compare(): void {
    this.#transport.compare();
  }

  nameOf(lane: number): string {
    if (lane === edits.MASTER) return "the master";
    const stem = this.desk.mix.lanes[lane]?.stem ?? "";
    return this.#stems.get(stem)?.name ?? "a lane";
  }

  stemOf(id: string): DeskStem | undefined {
    return this.#stems.get(id);
  }

  scrolled(): void {
    this.#ruler.scroll();
    this.#lanes.scroll();
    for (const line of Object.values(this.#masterLines)) line.scroll();
    this.#roll.showPlayhead(this.playhead);
    this.#tellView();
  }

  zoomed(scale: number): void {
    this.#ruler.zoom(scale);
    this.#lanes.zoom(scale);
    for (const line of Object.values(this.#masterLines)) line.zoom(scale);
    this.#showGround();
    this.scrolled();
  }

  resized(): void {
    this.#lanes.zoom(1);
    this.#ruler.zoom(1);
    this.#showGround();
    this.scrolled();
  }

  #build(): void {
    const head = this.#head();
    this.#roll = new Roll(this);
    this.#lanes = new LaneList(this, this.#roll.element);
    this.#ruler = new Ruler(this);
    this.#transport = new Transport(this);
    this.#master = new Master(this, (kind) => this.#openMasterLine(kind));
    this.#unused = new Unused(this);
    this.#sounding = connectSounding(this, () => this.length);
    this.#masterPlace.append(this.#master.strip);
    this.#roll.field.prepend(this.#ruler.element, this.#lanes.element, this.#masterPlace);
    const foot = make("div", { class: "desk-foot" }, this.#transport.element, this.#master.element);
    const bar = make("div", { class: "desk-bar" }, ...this.querySelectorAll("h1"), this.#kept);
    const frame = make("div", { class: "desk-frame" }, head, this.#toolbar.element, this.#roll.element, this.#trouble, foot, this.#inspector);
    const hint = make("p", { class: "figure soft desk-hint", text: "space play · S solo · M mute · ↑↓ lanes · x cut · [ ] loop · ? all keys · what you hear here is what the server renders" });
    this.prepend(bar);
    this.append(frame, this.#master.loudness, this.#unused.element, hint, this.#note, this.#live);
    this.dataset["tool"] = this.#tool;
  }

  #head(): HTMLElement {
    const { pack } = this.page;
    const title = make("input", {
      class: "desk-title", type: "text", maxlength: 200, dir: "auto", autocomplete: "off", "aria-label": "Title of the mix",
      placeholder: `Mix of ${pack.title}`, readonly: !this.canEdit,
    });
    title.value = this.desk.title;
    title.addEventListener("input", () => this.desk.rename(title.value));
    this.desk.addEventListener("title", () => document.activeElement !== title && (title.value = this.desk.title), { signal: this.signal });
    const facts = make("p", { class: "kicker desk-facts" });
    this.#toolbar = new Toolbar(this, () => this.#roll.fit());
    this.desk.addEventListener("mix", () => this.#showFacts(facts), { signal: this.signal });
    this.#showFacts(facts);
    return make("div", { class: "desk-head" }, title, facts);
  }

  #showFacts(facts: HTMLElement): void {
    const { pack } = this.page;
    const { mix } = this.desk;
    const used = new Set(mix.lanes.map((lane) => lane.stem)).size;
    const tempo = mix.grid === null ? "no tempo" : `${Math.round(mix.grid.bpm * 10) / 10} BPM`;
    say(facts, [this.page.by === null ? "your mix" : `a mix by ${this.page.by}`, `${used} of ${pack.stems.length} ${pack.stems.length === 1 ? "stem" : "stems"}`, tempo, pack.key ?? "", this.#withLoop()].filter(Boolean).join(" · "));
  }

  /** A loop that is rendered several times makes the mix longer than the ruler: its length then. */
  #withLoop(): string {
    const { mix, stemFrames } = this.desk;
    const frames = edits.renderedFrames(mix, stemFrames);
    if (mix.loop === null || frames === edits.mixFrames(mix, stemFrames)) return "";
    return `loop ${mix.loop.times} ×: ${clockText(Math.floor(frames / mix.sample_rate_hz))}`;
  }

  #listen(): void {
    const { desk, engine, signal } = this;
    desk.addEventListener("mix", () => this.#showMix(), { signal });
    desk.addEventListener("selection", () => this.#showSelection(), { signal });
    desk.addEventListener("view", () => this.#roll.look(desk.view.startFrame, desk.view.framesPerPixel), { signal });
    engine.addEventListener("change", () => this.#showState(), { signal });
    watchWheel(this, signal);
    const redraw = (): number => requestAnimationFrame(() => this.#redraw());
    for (const query of ["(prefers-color-scheme: dark)", "print"]) window.matchMedia(query).addEventListener("change", redraw, { signal });
    void document.fonts.ready.then(() => signal.aborted || this.#ruler.redraw());
  }

  #redraw(): void {
    this.#ruler.redraw();
    this.#lanes.redraw();
    for (const line of Object.values(this.#masterLines)) line.redraw();
  }

  #showMix(): void {
    const { mix } = this.desk;
    const before = this.#shown;
    this.#shown = mix;
    if (before !== null) this.engine.setMix(mix);
    this.length = edits.mixFrames(mix, this.desk.stemFrames);
    if (before?.lanes !== mix.lanes) {
      this.#lanes.show(mix);
      this.#showMarks();
    }
    this.#master.show();
    for (const line of Object.values(this.#masterLines)) line.show(edits.MASTER);
    this.#unused.show(mix);
    if (before?.loop !== mix.loop) {
      if (mix.loop !== null && before?.loop === null) this.#isLooping = true;
      if (mix.loop === null) this.#isLooping = false;
      this.#tellLoop();
      this.#transport.showState();
    }
    if (before !== null && before.grid !== mix.grid) this.#redraw();
    this.#roll.lay();
    this.#showGround();
    this.#toolbar.show();
    if (!this.engine.isPlaying) this.#showPlayhead();
  }

  #showSelection(): void {
    this.#showMarks();
    this.#toolbar.show();
    const { activeElement } = document;
    const isMine = activeElement === null || activeElement === document.body || this.#roll.field.contains(activeElement);
    if (!isMine) return;
    const { lane, part } = this.desk.selection;
    const wanted = part?.kind === "marker" ? this.#ruler.flag(part.index) : lane === edits.MASTER ? this.#master.strip : this.#lanes.at(lane)?.focusable();
    // a fader or a key of the same lane keeps the focus while its lane is what is selected
    const stays = wanted === this.#lanes.at(lane)?.row && activeElement !== null && wanted?.contains(activeElement) && activeElement.closest(".desk-chrome") === null;
    if (wanted === undefined || wanted === activeElement || stays) return;
    wanted.focus({ preventScroll: true }); // keys scroll to it themselves; under a pointer nothing may move
  }

  #showMarks(): void {
    this.#lanes.mark();
    for (const line of Object.values(this.#masterLines)) line.mark();
    this.#ruler.mark();
  }

  /** What stands in frames, in pixels. */
  #showGround(): void {
    this.#ruler.show(this.length);
    this.#roll.showLoop(this.desk.mix.loop);
    this.#showPlayhead();
  }

  #showPlayhead(): void {
    const { playhead } = this;
    this.#roll.showPlayhead(playhead);
    this.#ruler.showPlayhead(playhead, this.length);
    this.#transport.show(playhead);
  }

  #showState(): void {
    const { engine } = this;
    say(this.#trouble, engine.trouble);
    this.#trouble.hidden = engine.trouble === "";
    say(this.#note, engine.note);
    this.#note.hidden = engine.note === "";
    this.toggleAttribute("data-playing", engine.isPlaying);
    this.#transport.showState();
    cancelAnimationFrame(this.#frame);
    if (engine.isPlaying) this.#tick();
    else this.#showSound();
  }

  #tick(): void {
    this.#showSound();
    this.#roll.follow(this.playhead);
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #showSound(): void {
    const { levels } = this.engine;
    this.#showPlayhead();
    this.#lanes.level(levels);
    this.#master.meter();
  }

  #tellLoop(): void {
    const { loop } = this.desk.mix;
    this.toggleAttribute("data-looping", this.#isLooping);
    this.engine.setLoop(this.#isLooping && loop !== null ? { startFrames: loop.start_frames, endFrames: loop.end_frames } : null);
  }

  #tellView(): void {
    const startFrame = this.seenFrom * this.framesPerPixel;
    const { view } = this.desk;
    if (view.framesPerPixel === this.framesPerPixel && Math.abs(view.startFrame - startFrame) < this.framesPerPixel) return;
    this.desk.look({ startFrame, framesPerPixel: this.framesPerPixel });
  }

  #openMasterLine(kind: Kind, isOpen = this.#masterLines[kind] === undefined): void {
    const line = this.#masterLines[kind];
    if (isOpen === (line !== undefined)) return;
    if (line) {
      line.element.remove();
      delete this.#masterLines[kind];
    } else {
      const opened = new AutomationView(this, edits.MASTER, kind, () => this.#openMasterLine(kind, false));
      this.#masterLines[kind] = opened;
      this.#masterPlace.append(opened.element);
      opened.show(edits.MASTER);
      opened.scroll();
      opened.element.scrollIntoView({ block: "nearest" });
    }
    set(this.#master.lineKeys[kind], "aria-pressed", String(isOpen));
  }
}
