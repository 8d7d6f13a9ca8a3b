// <stem-deck>: plays all stems of a pack together, in step to the frame, by Web Audio.
// Lanes inside carry `data-lane` (the stem's id), `data-mixer` (a URL that decodes aligned) and `data-gain-db`;
// inputs named <lane>-gain_db, -pan, -muted, -solo, when the page has them, are heard while they are moved.
import { clockText } from "../clock_text";
import { announcePlaying, pauseForOthers } from "./solo";
import { WavePlayer } from "./wave_player";

const LIMIT_BYTES = 900_000_000; // decoded float32; beyond it a phone or a small laptop would give up

interface Lane {
  element: HTMLElement;
  player: WavePlayer | null;
  buffer: AudioBuffer | null;
  gain: GainNode;
  panner: StereoPannerNode;
  source: AudioBufferSourceNode | null;
  muted: boolean;
  solo: boolean;
}

export class StemDeck extends HTMLElement {
  #context: AudioContext | null = null;
  #lanes: Lane[] = [];
  #button: HTMLButtonElement | null = null;
  #status: HTMLOutputElement | null = null;
  #offsetSeconds = 0;
  #startedAt = 0;
  #playing = false;
  #stopListening: () => void = () => undefined;

  connectedCallback(): void {
    this.#button = this.querySelector<HTMLButtonElement>("[data-deck-play]");
    this.#status = this.querySelector("output");
    if (this.#button === null) return;
    const bar = this.querySelector<HTMLElement>(".deck-bar");
    if (bar !== null) bar.hidden = false;
    this.#button.addEventListener("click", () => void this.#toggle());
    this.addEventListener("input", () => this.#levels());
    this.#stopListening = pauseForOthers(this, () => this.#pause());
  }

  disconnectedCallback(): void {
    this.#stopListening();
    this.#pause();
    void this.#context?.close();
  }

  seek(seconds: number): void {
    this.#offsetSeconds = seconds;
    if (this.#playing) this.#start();
    else this.#show();
  }

  async #toggle(): Promise<void> {
    if (this.#playing) {
      this.#pause();
      return;
    }
    if (this.#context === null && !(await this.#load())) return;
    await this.#context?.resume();
    announcePlaying(this);
    this.#start();
  }

  async #load(): Promise<boolean> {
    const elements = [...this.querySelectorAll<HTMLElement>("[data-lane][data-mixer]")];
    const seconds = Math.max(0, ...elements.map((lane) => lane.querySelector<WavePlayer>("wave-player")?.seconds ?? 0));
    const rateHz = 44100;
    if (elements.length * seconds * rateHz * 2 * 4 > LIMIT_BYTES) {
      this.#say("This pack is too large to play together in a browser; play its stems one by one, or make a mix.");
      return false;
    }
    if (this.#button !== null) this.#button.disabled = true;
    const context = new AudioContext({ latencyHint: "playback" });
    try {
      let done = 0;
      this.#say(`Loading stems: 0 of ${elements.length}`);
      this.#lanes = await Promise.all(
        elements.map(async (element) => {
          const lane = await this.#lane(context, element);
          done += 1;
          this.#say(`Loading stems: ${done} of ${elements.length}`);
          return lane;
        }),
      );
    } catch (fault) {
      console.warn("the stems cannot be loaded", fault);
      this.#say("The stems cannot be loaded right now. Try again in a moment.");
      await context.close();
      return false;
    } finally {
      if (this.#button !== null) this.#button.disabled = false;
    }
    this.#context = context;
    this.#levels();
    for (const toggle of this.querySelectorAll<HTMLElement>("[data-deck-only]")) toggle.hidden = false;
    return true;
  }

  async #lane(context: AudioContext, element: HTMLElement): Promise<Lane> {
    const response = await fetch(element.dataset["mixer"] ?? "");
    if (!response.ok) throw new Error(`a stem answered ${response.status}`);
    const buffer = await context.decodeAudioData(await response.arrayBuffer());
    const gain = new GainNode(context);
    const panner = new StereoPannerNode(context);
    gain.connect(panner).connect(context.destination);
    const player = element.querySelector<WavePlayer>("wave-player");
    const lane: Lane = { element, player, buffer, gain, panner, source: null, muted: false, solo: false };
    for (const name of ["muted", "solo"] as const) {
      const toggle = element.querySelector<HTMLButtonElement>(`button[data-toggle="${name}"]`);
      toggle?.addEventListener("click", () => {
        lane[name] = !lane[name];
        toggle.setAttribute("aria-pressed", String(lane[name]));
        this.#levels();
      });
    }
    return lane;
  }

  #start(): void {
    const context = this.#context;
    if (context === null) return;
    this.#silence();
    if (this.#offsetSeconds >= this.#length) this.#offsetSeconds = 0;
    this.#startedAt = context.currentTime + 0.05;
    for (const lane of this.#lanes) {
      lane.player?.conduct(this);
      lane.source = new AudioBufferSourceNode(context, { buffer: lane.buffer });
      lane.source.connect(lane.gain);
      lane.source.start(this.#startedAt, this.#offsetSeconds);
    }
    this.#playing = true;
    this.#label("Pause");
    this.#tick();
  }

  #pause(): void {
    if (!this.#playing) return;
    this.#offsetSeconds = this.#position;
    this.#playing = false;
    this.#silence();
    for (const lane of this.#lanes) lane.player?.conduct(null);
    this.#label("Play stems together");
  }

  #silence(): void {
    for (const lane of this.#lanes) {
      lane.source?.stop();
      lane.source?.disconnect();
      lane.source = null;
    }
  }

  #tick(): void {
    if (!this.#playing) return;
    if (this.#position >= this.#length) {
      this.#pause();
      this.#offsetSeconds = 0;
      return;
    }
    this.#show();
    requestAnimationFrame(() => this.#tick());
  }

  #show(): void {
    const seconds = this.#playing ? this.#position : this.#offsetSeconds;
    for (const lane of this.#lanes) lane.player?.showPosition(seconds);
    this.#say(`${clockText(seconds)} / ${clockText(this.#length)}`);
  }

  #levels(): void {
    for (const lane of this.#lanes) {
      lane.muted = this.#ticked(lane, "muted") ?? lane.muted;
      lane.solo = this.#ticked(lane, "solo") ?? lane.solo;
    }
    const anySolo = this.#lanes.some((lane) => lane.solo);
    for (const lane of this.#lanes) {
      const heard = !lane.muted && (!anySolo || lane.solo);
      lane.element.toggleAttribute("data-silenced", !heard);
      const now = this.#context?.currentTime ?? 0;
      lane.gain.gain.setTargetAtTime(heard ? 10 ** (this.#figure(lane, "gain_db") / 20) : 0, now, 0.01);
      lane.panner.pan.setTargetAtTime(this.#figure(lane, "pan"), now, 0.01);
    }
  }

  #figure(lane: Lane, name: string): number {
    const input = this.#input(lane, name);
    if (input !== null) return Number(input.value) || 0;
    return name === "gain_db" ? Number(lane.element.dataset["gainDb"] ?? 0) : 0;
  }

  #ticked(lane: Lane, name: string): boolean | null {
    return this.#input(lane, name)?.checked ?? null;
  }

  #input(lane: Lane, name: string): HTMLInputElement | null {
    return lane.element.querySelector<HTMLInputElement>(`input[name="${lane.element.dataset["lane"]}-${name}"]`);
  }

  get #length(): number {
    return Math.max(0, ...this.#lanes.map((lane) => lane.buffer?.duration ?? 0));
  }

  get #position(): number {
    const now = this.#context?.currentTime ?? 0;
    return Math.max(0, this.#offsetSeconds + (now - this.#startedAt));
  }

  #say(text: string): void {
    if (this.#status !== null) this.#status.value = text;
  }

  #label(text: string): void {
    const label = this.#button?.querySelector("[data-label]") ?? this.#button;
    if (label) label.textContent = text;
    this.#button?.setAttribute("aria-pressed", String(this.#playing));
  }
}
