// The sum: its meter, its loudness, what the server will do to it, and what exceeds full scale.
import * as edits from "../document/edits";
import type { Loudness } from "../sound/sound";
import { Fader, type Kind } from "./fader";
import { gainText } from "./figures";
import { key, make, say, set } from "./make";
import type { Room } from "./room";

const FLOOR_DB = -48;
const AGAIN_MS = 1500;
const TARGETS: readonly (readonly [lufs: number, words: string])[] = [
  [-9, "−9 LUFS, for a club"],
  [-14, "−14 LUFS, as streaming services"],
  [-16, "−16 LUFS, for listening"],
  [-23, "−23 LUFS, for broadcast"],
];

export class Master {
  /** Meters and figures. */
  readonly element: HTMLElement;
  /** Beneath the lanes. */
  readonly strip: HTMLElement;
  readonly lineKeys: Record<Kind, HTMLButtonElement>;
  readonly loudness: HTMLElement;
  readonly #bars = { left: make("span"), right: make("span") };
  readonly #clip: HTMLButtonElement;
  readonly #short = make("dd", { text: "–" });
  readonly #whole = make("dd", { text: "–" });
  readonly #peak = make("dd", { text: "–" });
  readonly #gain: Fader;
  readonly #pan: Fader;
  readonly #target = make("select", { "aria-label": "Loudness of the rendered mix" });
  readonly #told = make("p", { class: "loudness-told" });
  readonly #measure: HTMLButtonElement;
  #measuring: AbortController | null = null;
  #again = 0;
  #measured: Loudness | null = null;
  #wasAsked = false;
  #shown: [number, number] = [-1, -1];

  constructor(
    private readonly room: Room,
    openLine: (kind: Kind) => void,
  ) {
    const { desk, canEdit, engine } = room;
    const fader = (kind: Kind): Fader =>
      new Fader({
        kind,
        name: "the master",
        home: 0,
        canEdit,
        change: (value, isDone) => {
          if (kind === "gain") desk.change("Gain of the master", (mix) => edits.setGain(mix, edits.MASTER, value), "gain-master");
          else desk.change("Pan of the master", (mix) => edits.setPan(mix, edits.MASTER, value), "pan-master");
          if (isDone) desk.settle();
        },
      });
    this.#gain = fader("gain");
    this.#pan = fader("pan");
    this.#clip = key("Clip light: no sample above full scale", "clip", () => {
      engine.forgetPeaks();
      this.meter();
    }, { class: "mini clip-light", title: "Lights when a sample exceeds full scale; press to put it out" });
    const meter = make("div", { class: "master-meter", "aria-hidden": "true" }, this.#bars.left, this.#bars.right);
    const figures = make("dl", { class: "master-figures" });
    for (const [name, value] of [["short-term", this.#short], ["integrated", this.#whole], ["true peak", this.#peak]] as const) {
      figures.append(make("div", {}, make("dt", { text: name }), value));
    }
    const line = (kind: Kind): HTMLButtonElement =>
      key(`${kind === "gain" ? "Gain" : "Pan"} line of the master`, `${kind} line`, () => openLine(kind), { "aria-pressed": "false" });
    this.lineKeys = { gain: line("gain"), pan: line("pan") };
    const more = key("More of the master", "…", () => {
      const isOpen = this.strip.toggleAttribute("data-open");
      set(more, "aria-expanded", String(isOpen));
    }, { class: "mini lane-more", "aria-expanded": "false" });
    this.strip = make(
      "div",
      { class: "desk-row master-row", role: "group", "aria-label": "Master", "data-lane": edits.MASTER, tabindex: -1 },
      make(
        "div",
        { class: "desk-strip" },
        make("span", { class: "plate" }),
        make("div", { class: "lane-top" }, make("span", { class: "tape", text: "Master" }), this.lineKeys.gain, this.lineKeys.pan, more),
        make("div", { class: "lane-faders" }, this.#gain.element, this.#pan.element),
      ),
    );
    this.element = make("div", { class: "desk-master" }, make("div", { class: "row" }, meter, this.#clip), figures);
    this.#measure = make("button", { type: "button", class: "slim", text: "Preview loudness" });
    this.#measure.addEventListener("click", () => {
      this.#wasAsked = true;
      void this.#listen();
    });
    this.#target.disabled = !canEdit;
    this.#target.addEventListener("change", () => {
      const lufs = this.#target.value === "" ? null : Number(this.#target.value);
      const ceiling_dbtp = desk.mix.loudness?.ceiling_dbtp ?? -1;
      desk.change(lufs === null ? "Loudness: left as it is" : `Loudness: ${lufsText(lufs)}`, (mix) =>
        edits.setLoudness(mix, lufs === null ? null : { target_lufs: lufs, ceiling_dbtp }));
    });
    this.loudness = make("div", { class: "desk-loudness" }, make("label", { class: "row" }, make("span", { class: "label", text: "loudness" }), this.#target), this.#measure, this.#told);
    room.signal.addEventListener("abort", () => {
      this.#measuring?.abort();
      window.clearTimeout(this.#again);
    });
    this.#tell();
  }

  /** The mix has changed. */
  show(): void {
    const { mix } = this.room.desk;
    this.#gain.show(mix.gain_db);
    this.#pan.show(mix.pan);
    this.#choose(mix.loudness?.target_lufs ?? null);
    this.#measuring?.abort();
    this.#measured = null;
    this.#tell();
    window.clearTimeout(this.#again);
    if (this.#wasAsked) this.#again = window.setTimeout(() => void this.#listen(), AGAIN_MS);
  }

  /** Once a frame while it plays. */
  meter(): void {
    const { levels } = this.room.engine;
    this.#bar(0, this.#bars.left, levels.left);
    this.#bar(1, this.#bars.right, levels.right);
    say(this.#short, levels.shortTermLufs > -70 ? lufsText(levels.shortTermLufs) : "–");
    say(this.#whole, levels.integratedLufs > -70 ? lufsText(levels.integratedLufs) : "–");
    say(this.#peak, levels.truePeakDbtp > -100 ? `${figure(levels.truePeakDbtp)} dBTP` : "–");
    set(this.#clip, "aria-pressed", String(levels.isClipped));
    set(this.#clip, "aria-label", levels.isClipped ? "Clip light: a sample exceeded full scale. Put it out" : "Clip light: no sample above full scale");
  }

  #bar(at: 0 | 1, bar: HTMLElement, db: number): void {
    const shown = Math.round(Math.min(1, Math.max(0, 1 - db / FLOOR_DB)) * 160);
    if (shown === this.#shown[at]) return;
    this.#shown[at] = shown;
    bar.style.setProperty("transform", `scaleX(${shown / 160})`);
  }

  #choose(lufs: number | null): void {
    const known = TARGETS.some(([one]) => one === lufs) || lufs === null ? TARGETS : [...TARGETS, [lufs, lufsText(lufs)] as const];
    if (this.#target.options.length !== known.length + 1) {
      this.#target.replaceChildren(make("option", { value: "", text: "left as it is" }), ...known.map(([one, words]) => make("option", { value: one, text: words })));
    }
    this.#target.value = lufs === null ? "" : String(lufs);
  }

  async #listen(): Promise<void> {
    this.#measuring?.abort();
    const measuring = (this.#measuring = new AbortController());
    this.#measure.disabled = true;
    say(this.#told, "Measuring the whole mix …");
    try {
      const found = await this.room.engine.measure(measuring.signal);
      if (measuring.signal.aborted) return;
      this.#measured = found;
      this.#tell();
      this.room.desk.say(this.#told.textContent ?? "");
    } catch (fault) {
      if (measuring.signal.aborted) return;
      say(this.#told, `It could not be measured: ${fault instanceof Error ? fault.message : "the stems did not arrive"}. Try again.`);
    } finally {
      this.#measure.disabled = false;
    }
  }

  #tell(): void {
    const found = this.#measured;
    say(this.#measure, found === null ? "Preview loudness" : "Measure again");
    say(this.#told, found === null ? "There is no limiter: nothing is squeezed. The server measures the whole mix, then turns it up or down once." : loudnessWords(found, this.room.desk.mix.loudness));
    this.#told.toggleAttribute("data-bad", found !== null && (found.truePeakDbtp ?? -Infinity) + found.gainDb > 0.05);
  }
}

/** What the server will do, and what it cannot. */
export function loudnessWords(found: Loudness, target: { target_lufs: number; ceiling_dbtp: number } | null): string {
  const { integratedLufs, truePeakDbtp, gainDb } = found;
  if (integratedLufs === null && truePeakDbtp === null) return "The mix is silent; it stays as it is.";
  const peak = truePeakDbtp ?? -Infinity;
  if (target === null) {
    const now = integratedLufs === null ? "Too short or too quiet to measure" : `${lufsText(integratedLufs)}, peaks at ${figure(peak)} dBTP`;
    return peak > 0 ? `${now}: ${Math.abs(peak).toFixed(1)} dB above full scale. Files of 24 bits would clip: turn the master down, or choose a loudness.` : `${now}. It is left as it is.`;
  }
  if (integratedLufs === null) return `Too short or too quiet to measure: ${gainText(gainDb)}, so that no peak exceeds ${figure(target.ceiling_dbtp)} dBTP.`;
  const reached = integratedLufs + gainDb;
  if (reached < target.target_lufs - 0.05) {
    return `${gainText(gainDb)}: the ceiling of ${figure(target.ceiling_dbtp)} dBTP holds it at ${lufsText(reached)} (wished: ${lufsText(target.target_lufs)}).`;
  }
  return `${gainText(gainDb)} to ${lufsText(target.target_lufs)}, peaks then at ${figure(peak + gainDb)} dBTP.`;
}

function figure(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return `${rounded < 0 ? "−" : rounded > 0 ? "+" : ""}${Math.abs(rounded).toFixed(1)}`;
}

function lufsText(lufs: number): string {
  return `${Number.isInteger(lufs) ? figure(lufs).replace(".0", "") : figure(lufs)} LUFS`;
}
