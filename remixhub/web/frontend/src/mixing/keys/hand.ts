// What keys do with what is selected.
import { gainText, panText } from "../desk/figures";
import type { Room } from "../desk/room";
import { placeText, placeWords } from "../desk/scale";
import * as edits from "../document/edits";
import { MASTER, type PointKind } from "../document/edits";
import type { Mix } from "../document/mix";
import type { Keeping } from "../keeping/keeping";

const RUN_MS = 1000;
const STEPS = { gain: { coarse: 0.5, fine: 0.1 }, pan: { coarse: 0.05, fine: 0.01 } };
const HUNDREDTHS = 100;

export class Hand {
  /** Whose points are walked, also where there are none yet. */
  #curve: { readonly lane: number; readonly kind: PointKind } | null = null;
  #timer = 0;

  constructor(
    readonly room: Room,
    readonly keeping: Keeping,
  ) {
    room.signal.addEventListener("abort", () => window.clearTimeout(this.#timer));
  }

  get lane(): number {
    return this.room.desk.selection.lane;
  }

  get clip(): number | null {
    return this.room.desk.selection.clip;
  }

  get mix(): Mix {
    return this.room.desk.mix;
  }

  /** Of what part the arrows speak now. */
  get part(): "gain" | "pan" | "mute" | "marker" | null {
    const { part, lane, clip } = this.room.desk.selection;
    if (part) return part.kind;
    return this.#curve !== null && this.#curve.lane === lane && clip === null ? this.#curve.kind : null;
  }

  get isOnPoint(): boolean {
    return this.part === "gain" || this.part === "pan";
  }

  get name(): string {
    return this.room.nameOf(this.lane);
  }

  // Playing

  seek(frame: number): void {
    const { room } = this;
    const at = Math.min(Math.max(0, Math.round(frame)), this.length);
    room.seek(at);
    room.reveal(at);
    room.desk.say(placeWords(at, this.mix.grid, this.mix.sample_rate_hz));
  }

  get length(): number {
    return edits.mixFrames(this.mix, this.room.desk.stemFrames);
  }

  /** To the next line of the grid of that step, or the one before. */
  seekBy(step: number, way: 1 | -1): void {
    const line = edits.snappedTo(this.mix, this.room.playhead, step);
    const isThere = way > 0 ? line > this.room.playhead + 1 : line < this.room.playhead - 1;
    this.seek(isThere ? line : line + way * step);
  }

  /** To the next edge of a clip of the lane, marker or end of the loop. */
  seekEdge(way: 1 | -1): void {
    const { playhead, desk } = this.room;
    const edges = [0, this.length, ...this.mix.markers.map((marker) => marker.at_frames)];
    if (this.mix.loop !== null) edges.push(this.mix.loop.start_frames, this.mix.loop.end_frames);
    for (const clip of this.mix.lanes[this.lane]?.clips ?? []) {
      const { start, end } = edits.clipSpan(clip, desk.stemOf(this.lane));
      edges.push(start, end);
    }
    const ahead = edges.filter((edge) => (way > 0 ? edge > playhead : edge < playhead)).sort((a, b) => way * (a - b));
    if (ahead[0] !== undefined) this.seek(ahead[0]);
  }

  loopEdge(edge: "start" | "end"): void {
    const at = Math.round(this.room.playhead);
    const bar = Math.round(edits.barFrames(this.mix));
    const { loop } = this.mix;
    let [startFrames, endFrames] = [loop?.start_frames ?? at, loop?.end_frames ?? at];
    if (edge === "start") [startFrames, endFrames] = [at, endFrames > at ? endFrames : at + bar];
    else [startFrames, endFrames] = [startFrames < at ? startFrames : Math.max(0, at - bar), at];
    if (endFrames === 0) endFrames = bar;
    this.change(`Loop ${this.spanText(startFrames, endFrames)}`, (mix) => edits.setLoop(mix, { startFrames, endFrames }));
  }

  loopClip(): void {
    const span = this.span();
    if (span === null) return;
    const loop = { startFrames: span.start, endFrames: span.end };
    this.change(`Loop ${this.spanText(span.start, span.end)}`, (mix) => edits.setLoop(mix, loop));
  }

  // Lanes

  walkLanes(way: 1 | -1): void {
    const last = this.mix.lanes.length - 1;
    const from = this.lane === MASTER ? last + 1 : this.lane;
    const to = Math.min(Math.max(0, from + way), last + 1);
    this.select(to > last ? MASTER : to);
  }

  stepLane(kind: PointKind, way: 1 | -1, isFine: boolean): void {
    const { lane } = this;
    const owner = lane === MASTER ? this.mix : this.mix.lanes[lane];
    if (owner === undefined) return;
    const value = stepped(kind, kind === "gain" ? owner.gain_db : owner.pan, way, isFine);
    const set = kind === "gain" ? edits.setGain : edits.setPan;
    const label = kind === "gain" ? "Gain" : "Pan";
    this.run(`${label} of ${this.name} ${textOf(kind, value)}`, (mix) => set(mix, lane, value), `keys:${kind}:${lane}`);
  }

  toggle(field: "muted" | "solo", isExclusive: boolean): void {
    const lane = this.mix.lanes[this.lane];
    if (lane === undefined) return;
    const isAlone = this.mix.lanes.every((one) => one === lane || !one[field]);
    const isOn = isExclusive ? !(lane[field] && isAlone) : !lane[field];
    const set = field === "muted" ? edits.setMuted : edits.setSolo;
    const verb = field === "muted" ? (isOn ? "muted" : "sounds again") : isOn ? "soloed" : "no longer soloed";
    this.change(`${this.name} ${verb}${isExclusive && isOn ? ", alone" : ""}`, (mix) => set(mix, this.lane, isOn, isExclusive));
  }

  moveLane(way: 1 | -1): void {
    const { lane, name } = this;
    const to = lane + way;
    if (this.change(`${name} moved ${way < 0 ? "up" : "down"}`, (mix) => edits.moveLane(mix, lane, to))) this.select(to, this.clip);
  }

  duplicateLane(): void {
    const { lane, name } = this;
    if (this.change(`Another lane of ${name}`, (mix) => edits.duplicateLane(mix, lane))) this.select(lane + 1);
  }

  removeLane(): void {
    const { lane, name } = this;
    this.change(`${name} off the desk`, (mix) => edits.removeLane(mix, lane));
  }

  // Clips

  /** Of the clip that is selected; where none is, the one under the playhead becomes it. */
  span(): edits.Reach | null {
    const { desk, playhead } = this.room;
    const stem = desk.stemOf(this.lane);
    const under = this.clip === null ? edits.clipsAt(this.mix, this.lane, Math.round(playhead), stem).at(-1) : undefined;
    if (under !== undefined) this.select(this.lane, under);
    const clip = this.clip === null ? undefined : this.mix.lanes[this.lane]?.clips[this.clip];
    if (clip !== undefined) return edits.clipSpan(clip, stem);
    desk.say("No clip is selected, and none is under the playhead.");
    return null;
  }

  /** From the lane to the clip under the playhead, else to the next one. */
  enterClips(): void {
    const places = this.clipsInTime();
    const stem = this.room.desk.stemOf(this.lane);
    const found = places.find((place) => {
      const clip = this.mix.lanes[this.lane]?.clips[place];
      return clip !== undefined && edits.clipSpan(clip, stem).end > this.room.playhead;
    });
    const place = found ?? places.at(-1);
    if (place === undefined) this.room.desk.say(`${this.name} has no clips.`);
    else this.select(this.lane, place);
  }

  walkClips(way: 1 | -1): void {
    const places = this.clipsInTime();
    const next = places[places.indexOf(this.clip ?? -1) + way];
    if (next !== undefined) this.select(this.lane, next);
  }

  cut(everywhere: boolean): void {
    const { desk, playhead } = this.room;
    const at = Math.round(playhead);
    const lanes = everywhere ? this.mix.lanes.map((_, lane) => lane) : [this.lane];
    const stems = lanes.map((lane) => desk.stemOf(lane));
    const only = !everywhere && this.clip !== null && this.isUnder(this.clip, at) ? this.clip : null;
    const said = desk.words;
    const isCut = this.change(`Cut ${everywhere ? "all lanes" : this.name} at ${this.placeText(at)}`, (mix) =>
      lanes.reduce((now, lane, place) => edits.cutAt(now, lane, at, stems[place] ?? 0, only), mix),
    );
    if (isCut && only !== null) this.select(this.lane, only + 1);
    if (!isCut && desk.words === said) desk.say("No clip is under the playhead.");
  }

  nudge(way: 1 | -1, isFine: boolean): void {
    const span = this.span();
    const { lane, clip } = this;
    if (span === null || clip === null) return;
    const at = Math.max(0, Math.round(span.start + way * (isFine ? 1 : edits.beatFrames(this.mix))));
    this.run(`Clip of ${this.name} to ${this.placeText(at)}`, (mix) => edits.moveClip(mix, lane, clip, at), `keys:clip:${lane}:${clip}`);
  }

  /** To the next lane of the same stem. */
  carry(way: 1 | -1): void {
    const span = this.span();
    const { lane, clip } = this;
    if (span === null || clip === null) return;
    let to = lane + way;
    while (to in this.mix.lanes && this.mix.lanes[to]?.stem !== this.mix.lanes[lane]?.stem) to += way;
    if (!(to in this.mix.lanes)) {
      this.room.desk.say("No other lane of this stem that way. Ctrl+Shift+D makes one.");
      return;
    }
    const words = `Clip of ${this.name} to lane ${to + 1}`;
    if (this.change(words, (mix) => edits.moveClipToLane(mix, lane, clip, to, span.start))) this.selectLastClip(to);
  }

  copy(): boolean {
    if (this.span() === null || this.clip === null) return false;
    this.room.desk.copy(this.lane, this.clip);
    this.room.desk.say(`Copied a clip of ${this.name}`);
    return true;
  }

  paste(): void {
    const { desk, playhead } = this.room;
    const { copied } = desk;
    if (copied === null) {
      desk.say("Nothing is copied yet.");
      return;
    }
    const isHere = this.mix.lanes[this.lane]?.stem === copied.stem;
    const lane = isHere ? this.lane : this.mix.lanes.findIndex((one) => one.stem === copied.stem);
    if (lane < 0) {
      desk.say("The lane of that clip is off the desk.");
      return;
    }
    const words = `Pasted a clip of ${this.room.nameOf(lane)} at ${this.placeText(playhead)}`;
    if (this.change(words, (mix) => edits.pasteClip(mix, lane, copied.clip, playhead))) this.selectLastClip(lane);
  }

  duplicate(): void {
    const span = this.span();
    const { lane, clip } = this;
    if (span === null || clip === null) return;
    const words = `Clip of ${this.name} once more at ${this.placeText(span.end)}`;
    if (this.change(words, (mix) => edits.copyClip(mix, lane, clip, span.end))) this.selectLastClip(lane);
  }

  deleteClip(): void {
    const { lane, clip } = this;
    if (clip === null) return;
    const before = this.clipsInTime();
    const neighbour = before[before.indexOf(clip) + 1] ?? before[before.indexOf(clip) - 1];
    if (!this.change(`Deleted a clip of ${this.name}`, (mix) => edits.deleteClip(mix, lane, clip))) return;
    this.select(lane, neighbour === undefined ? null : neighbour > clip ? neighbour - 1 : neighbour);
  }

  trim(edge: "start" | "end"): void {
    if (this.span() === null) return;
    const { lane, clip } = this;
    if (clip === null) return;
    const [at, stem] = [this.room.playhead, this.room.desk.stemOf(lane)];
    const words = `Clip of ${this.name} ${edge === "start" ? "begins" : "ends"} at ${this.placeText(at)}`;
    this.change(words, (mix) => edits.trimClip(mix, lane, clip, edge, at, stem));
  }

  /** Up to the playhead where that is in the clip; else a beat, and none the next time. */
  fade(edge: "in" | "out"): void {
    const span = this.span();
    const { lane, clip } = this;
    if (span === null || clip === null) return;
    const at = Math.round(this.room.playhead);
    const now = this.mix.lanes[lane]?.clips[clip]?.[edge === "in" ? "fade_in_frames" : "fade_out_frames"] ?? 0;
    const isInside = span.start < at && at < span.end;
    const wished = isInside ? (edge === "in" ? at - span.start : span.end - at) : now > 0 ? 0 : edits.beatFrames(this.mix);
    const length = Math.round(isInside && wished === now ? 0 : wished);
    const seconds = (length / this.mix.sample_rate_hz).toFixed(2);
    const words = `Fade ${edge} of ${this.name} ${length === 0 ? "taken away" : `${seconds} s`}`;
    this.change(words, (mix) => edits.fadeClip(mix, lane, clip, edge, length, this.room.desk.stemOf(lane)));
  }

  fillLoop(): void {
    if (this.span() === null) return;
    const { lane, clip } = this;
    if (clip === null) return;
    const stem = this.room.desk.stemOf(lane);
    this.change(`The loop filled with the clip of ${this.name}`, (mix) => edits.fillLoop(mix, lane, clip, stem));
  }

  // Points, mute ranges, markers

  /** Opens the curve and goes to its next point; again, or without points, Enter sets one. */
  openCurve(kind: PointKind): void {
    const { lane } = this;
    if (this.part === kind) {
      this.setPoint();
      return;
    }
    this.#curve = { lane, kind };
    this.room.openAutomation(lane, true, kind);
    const points = edits.pointsOf(this.mix, lane, kind);
    const next = points.findIndex((point) => point.at >= this.room.playhead);
    if (points.length > 0) this.selectPart(kind, next === -1 ? points.length - 1 : next);
    else this.room.desk.say(`No ${kind} points of ${this.name} yet. Enter sets one at the playhead.`);
  }

  setPoint(): void {
    const { lane, part: kind } = this;
    if (kind !== "gain" && kind !== "pan") return;
    const at = Math.round(this.room.playhead);
    const value = edits.curveAt(edits.pointsOf(this.mix, lane, kind), at);
    const words = `Point of ${this.name} at ${this.placeText(at)}, ${textOf(kind, value)}`;
    this.change(words, (mix) => edits.addPoint(mix, lane, kind, at, value));
    this.selectPart(kind, edits.pointsOf(this.mix, lane, kind).findIndex((point) => point.at === at));
  }

  stepPoint(way: 1 | -1, isFine: boolean): void {
    this.#withPoint((kind, index, point) => {
      const value = stepped(kind, point.value, way, isFine);
      const words = `Point of ${this.name} ${textOf(kind, value)}`;
      this.run(words, (mix) => edits.movePoint(mix, this.lane, kind, index, point.at, value), `keys:${kind}:${index}:${this.lane}`);
    });
  }

  /** Points in time, whole ranges, markers. */
  shiftPart(way: 1 | -1, isFine: boolean): void {
    const { lane, mix } = this;
    const { part } = this.room.desk.selection;
    if (!part) return;
    const by = Math.round(way * (isFine ? 1 : edits.beatFrames(mix)));
    const merge = `keys:shift:${part.kind}:${part.index}:${lane}`;
    if (part.kind === "mute") {
      const range = mix.lanes[lane]?.mute_ranges[part.index];
      if (range === undefined) return;
      const start = Math.max(0, range.start_frames + by);
      const end = start + range.end_frames - range.start_frames;
      this.run(`Silence of ${this.name} ${this.spanText(start, end)}`, (now) => edits.setMute(now, lane, part.index, start, end), merge);
      this.selectPart("mute", edits.muteAt(this.mix, lane, start));
    } else if (part.kind === "marker") {
      const marker = mix.markers[part.index];
      if (marker === undefined) return;
      const at = Math.max(0, marker.at_frames + by);
      this.run(`${marker.name} at ${this.placeText(at)}`, (now) => edits.moveMarker(now, part.index, at), merge);
    } else {
      this.#withPoint((kind, index, point) => {
        const at = Math.max(0, point.at + by);
        this.run(`Point of ${this.name} at ${this.placeText(at)}`, (now) => edits.movePoint(now, lane, kind, index, at, point.value), merge);
      });
    }
  }

  walkParts(way: 1 | -1): void {
    const { part } = this.room.desk.selection;
    if (!part) return;
    const count = {
      gain: edits.pointsOf(this.mix, this.lane, "gain").length,
      pan: edits.pointsOf(this.mix, this.lane, "pan").length,
      mute: this.mix.lanes[this.lane]?.mute_ranges.length ?? 0,
      marker: this.mix.markers.length,
    }[part.kind];
    const index = part.index + way;
    if (index >= 0 && index < count) this.selectPart(part.kind, index);
  }

  deletePart(): void {
    const { lane } = this;
    const { part } = this.room.desk.selection;
    if (!part) return;
    const { kind, index } = part;
    const edit = (mix: Mix): Mix => {
      if (kind === "mute") return edits.deleteMute(mix, lane, index);
      return kind === "marker" ? edits.deleteMarker(mix, index) : edits.deletePoint(mix, lane, kind, index);
    };
    const what = kind === "mute" ? `a silence of ${this.name}` : kind === "marker" ? "a marker" : `a ${kind} point of ${this.name}`;
    if (this.change(`Deleted ${what}`, edit) && index > 0) this.selectPart(kind, index - 1);
  }

  /** Silence in the loop, or for a bar from the playhead on; where one is already, that one is selected. */
  silence(): void {
    const { lane } = this;
    if (!(lane in this.mix.lanes)) return;
    const held = edits.muteAt(this.mix, lane, this.room.playhead);
    if (held >= 0) {
      this.selectPart("mute", held);
      this.room.desk.say(`Silence of ${this.name} selected. Delete takes it away.`);
      return;
    }
    const { loop } = this.mix;
    const start = loop?.start_frames ?? Math.round(this.room.playhead);
    const end = loop?.end_frames ?? Math.round(start + edits.barFrames(this.mix));
    if (this.change(`${this.name} silent ${this.spanText(start, end)}`, (mix) => edits.addMute(mix, lane, start, end))) {
      this.selectPart("mute", edits.muteAt(this.mix, lane, start));
    }
  }

  mark(): void {
    const at = Math.round(this.room.playhead);
    if (!this.change(`Marker at ${this.placeText(at)}`, (mix) => edits.addMarker(mix, at))) return;
    const last = this.mix.markers.map((marker) => marker.at_frames).lastIndexOf(at);
    this.selectPart("marker", last);
  }

  walkToMarkers(): void {
    const next = this.mix.markers.findIndex((marker) => marker.at_frames >= this.room.playhead);
    if (this.mix.markers.length === 0) this.room.desk.say("No markers yet. N sets one at the playhead.");
    else this.selectPart("marker", next === -1 ? this.mix.markers.length - 1 : next);
  }

  // Changing and selecting

  change(words: string, edit: (mix: Mix) => Mix): boolean {
    return this.room.desk.change(words, edit);
  }

  /** Presses that follow each other are one step to undo. */
  run(words: string, edit: (mix: Mix) => Mix, merge: string): void {
    this.room.desk.change(words, edit, merge);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.room.desk.settle(merge), RUN_MS);
  }

  select(lane: number, clip: number | null = null): void {
    this.#curve = null;
    this.room.desk.select({ lane, clip, part: null });
    this.focus();
  }

  selectPart(kind: "gain" | "pan" | "mute" | "marker", index: number): void {
    this.room.desk.select({ lane: this.lane, clip: null, part: index < 0 ? null : { kind, index } });
    this.focus();
  }

  selectLastClip(lane: number): void {
    this.select(lane, (this.mix.lanes[lane]?.clips.length ?? 0) - 1);
  }

  /** From a part to its lane, from a clip to its lane. */
  back(): void {
    this.select(this.lane);
  }

  /** The keyboard stands on what is selected. */
  focus(): void {
    this.#selected()?.focus();
  }

  /** What was focused is gone: where to go on. */
  refocus(): void {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) this.#selected()?.focus();
    });
  }

  placeText(frame: number): string {
    return placeText(frame, this.mix.grid, this.mix.sample_rate_hz).replace(/^0+(?=\d)/, "");
  }

  spanText(start: number, end: number): string {
    return `from ${this.placeText(start)} to ${this.placeText(end)}`;
  }

  #selected(): HTMLElement | null {
    const { lane, clip, part } = this.room.desk.selection;
    const row = `[data-lane="${lane}"]`;
    let wanted = row;
    if (part?.kind === "marker") wanted = `[data-marker="${part.index}"]`;
    else if (part?.kind === "mute") wanted = `${row} [data-mute="${part.index}"]`;
    else if (part) wanted = `${row} [data-point="${part.kind}:${part.index}"]`;
    else if (clip !== null) wanted = `${row} [data-clip="${clip}"]`;
    const { element } = this.room;
    return element.querySelector<HTMLElement>(wanted) ?? element.querySelector<HTMLElement>(row);
  }

  #withPoint(act: (kind: PointKind, index: number, point: edits.Point) => void): void {
    const { part } = this.room.desk.selection;
    if (!part || (part.kind !== "gain" && part.kind !== "pan")) return;
    const point = edits.pointsOf(this.mix, this.lane, part.kind)[part.index];
    if (point !== undefined) act(part.kind, part.index, point);
  }

  private isUnder(place: number, frame: number): boolean {
    return edits.clipsAt(this.mix, this.lane, frame, this.room.desk.stemOf(this.lane)).includes(place);
  }

  private clipsInTime(): number[] {
    const clips = this.mix.lanes[this.lane]?.clips ?? [];
    return clips.map((_, place) => place).sort((one, other) => (clips[one]?.offset_frames ?? 0) - (clips[other]?.offset_frames ?? 0));
  }
}

function stepped(kind: PointKind, value: number, way: 1 | -1, isFine: boolean): number {
  const by = isFine ? STEPS[kind].fine : STEPS[kind].coarse;
  return Math.round((value + way * by) * HUNDREDTHS) / HUNDREDTHS;
}

function textOf(kind: PointKind, value: number): string {
  return kind === "gain" ? gainText(value) : panText(value);
}
