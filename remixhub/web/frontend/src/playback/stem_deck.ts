// <stem-deck data-rate-hz="…">: plays all stems of a pack together by the mixer's engine, which is fetched at the first press.
// Lanes inside carry `data-lane` (the stem's id), what the engine has to know of the stem, and `data-gain-db`.
import { clockText } from "../clock_text";
import type { Engine, StemSound } from "../mixing/sound/engine";
import type { readMix } from "../mixing/document/reading";
import { announcePlaying, forgetVoice, pauseForOthers, tellVoice, type Voice } from "./solo";
import type { WavePlayer } from "./wave_player";

interface Lane {
  readonly element: HTMLElement;
  readonly stem: StemSound;
  readonly gainDb: number;
  muted: boolean;
  solo: boolean;
}

export class StemDeck extends HTMLElement implements Voice {
  #engine: Engine | null = null;
  #lanes: Lane[] = [];
  #players: WavePlayer[] = [];
  #button: HTMLButtonElement | null = null;
  #status: HTMLOutputElement | null = null;
  #rateHz = 0;
  #startSeconds = 0;
  #isLoading = false;
  #frame = 0;
  #readMix: typeof readMix | null = null;
  #stopListening: () => void = () => undefined;

  connectedCallback(): void {
    this.#button = this.querySelector<HTMLButtonElement>("[data-deck-play]");
    this.#status = this.querySelector("output");
    this.#rateHz = Number(this.dataset["rateHz"]);
    this.#lanes = [...this.querySelectorAll<HTMLElement>("[data-lane][data-sound]")].map((element) => this.#lane(element));
    if (this.#button === null || this.#lanes.length === 0) return;
    const bar = this.querySelector<HTMLElement>(".deck-bar");
    if (bar !== null) bar.hidden = false;
    this.#button.addEventListener("click", () => this.toggle());
    this.#stopListening = pauseForOthers(this, () => this.#engine?.pause());
    void customElements.whenDefined("wave-player").then(() => this.#conduct());
  }

  disconnectedCallback(): void {
    this.#stopListening();
    cancelAnimationFrame(this.#frame);
    forgetVoice(this);
    void this.#engine?.close();
    this.#engine = null;
  }

  get isPlaying(): boolean {
    return this.#engine?.isPlaying ?? false;
  }

  get position(): number {
    return this.#engine === null ? this.#startSeconds : this.#engine.position / this.#rateHz;
  }

  get seconds(): number {
    return Math.max(0, ...this.#lanes.map((lane) => lane.stem.frames)) / this.#rateHz;
  }

  get caption(): string {
    return `${document.querySelector("h1")?.textContent.trim() ?? "Stems"}, stems together`;
  }

  toggle(): void {
    if (this.isPlaying) this.#engine?.pause();
    else void this.#play();
  }

  seek(seconds: number): void {
    this.#startSeconds = seconds;
    this.#engine?.seek(seconds * this.#rateHz);
    this.#show();
    tellVoice(this);
  }

  /** All lanes share one playhead, also before anything is loaded. */
  #conduct(): void {
    this.#players = this.#lanes.flatMap(({ element }) => [...element.querySelectorAll<WavePlayer>("wave-player")]);
    for (const one of this.#players) one.conduct(this);
  }

  #lane(element: HTMLElement): Lane {
    const said = element.dataset;
    const stem: StemSound = {
      id: said["lane"] ?? "",
      frames: Number(said["frames"]),
      channels: said["channels"] === "1" ? 1 : 2,
      sound: said["sound"] ?? "",
      index: said["index"] ?? "",
    };
    const lane: Lane = { element, stem, gainDb: Number(said["gainDb"] ?? 0), muted: false, solo: false };
    for (const name of ["muted", "solo"] as const) {
      const toggle = element.querySelector<HTMLButtonElement>(`button[data-toggle="${name}"]`);
      if (toggle === null) continue;
      toggle.hidden = false;
      toggle.setAttribute("aria-pressed", "false"); // also when the page comes back out of the history
      toggle.addEventListener("click", () => {
        lane[name] = !lane[name];
        toggle.setAttribute("aria-pressed", String(lane[name]));
        this.#mix();
      });
    }
    return lane;
  }

  async #play(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      announcePlaying(this);
      const engine = this.#engine ?? (await this.#load());
      if (!this.isConnected) return;
      await engine.play();
    } catch (fault) {
      console.warn("the stems cannot be played", fault);
      this.#say("The stems cannot be played right now. Try again in a moment.");
    } finally {
      this.#isLoading = false;
    }
  }

  async #load(): Promise<Engine> {
    const [{ Engine }, { readMix }] = await Promise.all([import("../mixing/sound/engine"), import("../mixing/document/reading")]);
    this.#readMix = readMix;
    const engine = new Engine(this.#rateHz, this.#lanes.map((lane) => lane.stem));
    engine.addEventListener("change", () => this.#follow());
    engine.seek(this.#startSeconds * this.#rateHz);
    this.#engine = engine;
    this.#mix();
    return engine;
  }

  #mix(): void {
    const anySolo = this.#lanes.some((lane) => lane.solo);
    for (const { element, muted, solo } of this.#lanes) element.toggleAttribute("data-silenced", muted || (anySolo && !solo));
    const lanes = this.#lanes.map(({ stem, gainDb, muted, solo }) => ({ stem: stem.id, gain_db: gainDb, muted, solo }));
    const mix = this.#readMix?.({ version: 2, sample_rate_hz: this.#rateHz, lanes });
    if (mix) this.#engine?.setMix(mix);
  }

  #follow(): void {
    const label = this.#button?.querySelector("[data-label]") ?? this.#button;
    if (label) label.textContent = this.isPlaying ? "Pause" : "Play stems together";
    this.#button?.setAttribute("aria-pressed", String(this.isPlaying));
    if (!this.isPlaying && this.position >= this.seconds) this.#engine?.seek(0);
    this.#remark(this.#engine?.note ?? "");
    tellVoice(this);
    this.#tick();
  }

  #tick(): void {
    cancelAnimationFrame(this.#frame);
    this.#show();
    if (this.isPlaying) this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #show(): void {
    for (const one of this.#players) one.showPosition();
    const trouble = this.#engine?.trouble ?? "";
    this.#say(trouble || `${clockText(this.position)} / ${clockText(this.seconds)}`);
  }

  #remark(note: string): void {
    if (note === "" || this.querySelector("[data-deck-note]") !== null) return;
    const remark = document.createElement("p");
    remark.className = "small soft";
    remark.dataset["deckNote"] = "";
    remark.textContent = note;
    this.append(remark);
  }

  #say(text: string): void {
    if (this.#status !== null && this.#status.value !== text) this.#status.value = text;
  }
}
