// <stem-deck>: plays all stems of a pack together, in step to the frame, by Web Audio.
// Lanes inside carry `data-lane` (the stem's id), `data-mixer` (a URL that decodes aligned) and `data-gain-db`;
// inputs named <lane>-gain_db, -pan, -muted, -solo, when the page has them, are heard while they are moved.
import { clockText } from "../clock_text";
import { announcePlaying, forgetVoice, pauseForOthers, type Voice } from "./solo";
import { WavePlayer } from "./wave_player";

const LIMIT_BYTES = 900_000_000; // decoded float32; beyond it a phone or a small laptop would give up

interface Lane {
  element: HTMLElement;
  buffer: AudioBuffer | null;
  gain: GainNode;
  panner: StereoPannerNode;
  source: AudioBufferSourceNode | null;
  muted: boolean;
  solo: boolean;
}

export class StemDeck extends HTMLElement implements Voice {
  #context: AudioContext | null = null;
  #lanes: Lane[] = [];
  #players: WavePlayer[] = [];
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
    this.#button.addEventListener("click", () => this.toggle());
    this.addEventListener("input", () => this.#levels());
    this.#stopListening = pauseForOthers(this, () => this.#pause());
    void customElements.whenDefined("wave-player").then(() => this.#conduct());
  }

  disconnectedCallback(): void {
    this.#stopListening();
    this.#pause();
    forgetVoice(this);
    void this.#context?.close();
  }

  get isPlaying(): boolean {
    return this.#playing;
  }

  /** What is heard now: what the clock has handed out reaches the ears a little later. */
  get position(): number {
    const context = this.#context;
    if (!this.#playing || context === null) return this.#offsetSeconds;
    const heardAt = context.currentTime - (context.outputLatency || context.baseLatency || 0);
    return Math.min(this.#offsetSeconds + Math.max(0, heardAt - this.#startedAt), this.seconds);
  }

  get seconds(): number {
    const decoded = this.#lanes.map((lane) => lane.buffer?.duration ?? 0);
    return Math.max(0, ...(decoded.length > 0 ? decoded : this.#players.map((one) => one.seconds)));
  }

  get caption(): string {
    return `${document.querySelector("h1")?.textContent.trim() ?? "Stems"}, stems together`;
  }

  toggle(): void {
    void this.#toggle();
  }

  seek(seconds: number): void {
    const goesOn = this.#playing;
    this.#silence();
    this.#playing = false;
    this.#offsetSeconds = seconds;
    if (goesOn) this.#start();
    else this.#show();
  }

  /** All lanes share one playhead, also before anything is loaded. */
  #conduct(): void {
    this.#players = [...this.querySelectorAll<WavePlayer>("[data-lane][data-mixer] wave-player")];
    for (const one of this.#players) one.conduct(this);
  }

  async #toggle(): Promise<void> {
    if (this.#playing) {
      this.#pause();
      return;
    }
    if (this.#button?.disabled) return;
    if (this.#context === null && !(await this.#load())) return;
    await this.#context?.resume();
    announcePlaying(this);
    this.#start();
  }

  async #load(): Promise<boolean> {
    const elements = [...this.querySelectorAll<HTMLElement>("[data-lane][data-mixer]")];
    const seconds = this.seconds;
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
    const lane: Lane = { element, buffer, gain, panner, source: null, muted: false, solo: false };
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
    if (this.#offsetSeconds >= this.seconds) this.#offsetSeconds = 0;
    this.#startedAt = context.currentTime + 0.05;
    for (const lane of this.#lanes) {
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
    this.#offsetSeconds = this.position;
    this.#playing = false;
    this.#silence();
    this.#label("Play stems together");
    this.#show();
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
    if (this.position >= this.seconds) {
      this.#pause();
      this.#offsetSeconds = 0;
    }
    this.#show();
    if (this.#playing) requestAnimationFrame(() => this.#tick());
  }

  #show(): void {
    for (const one of this.#players) one.showPosition();
    this.#say(`${clockText(this.position)} / ${clockText(this.seconds)}`);
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

  #say(text: string): void {
    if (this.#status !== null && this.#status.value !== text) this.#status.value = text;
  }

  #label(text: string): void {
    const label = this.#button?.querySelector("[data-label]") ?? this.#button;
    if (label) label.textContent = text;
    this.#button?.setAttribute("aria-pressed", String(this.#playing));
  }
}
