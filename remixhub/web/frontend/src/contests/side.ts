// One side of an <entry-deck>: its audio behind a gain that makes it as loud as the others, and its waveform to seek in.
import { type Steered, WaveView } from "../playback/wave_view";

const SILENCE_SECONDS = 0.004; // how fast one goes and the other comes: too short to hear, too long to click
const FAR_SECONDS = 0.25; // beyond it a side jumps to where the other is; nearer it runs a little faster or slower
const NEAR_SECONDS = 0.01;
const LARGEST_BEND = 0.1;

export class Side implements Steered {
  readonly audio: HTMLAudioElement;
  readonly form: HTMLFormElement | null;
  readonly entry: string;
  readonly label: string;
  readonly neededMs: number;
  heardMs: number;
  onSeek: (seconds: number) => void = () => undefined;
  onToggle: () => void = () => undefined;
  #element: HTMLElement;
  #gain: GainNode | null = null;
  #loudness: number;
  #isHeard = false;
  #view = new WaveView(this);

  constructor(element: HTMLElement, gone: AbortSignal) {
    this.#element = element;
    const given = element.dataset;
    this.audio = element.querySelector("audio") ?? document.createElement("audio");
    this.form = element.querySelector("form");
    this.entry = given["entry"] ?? "";
    this.label = given["label"] ?? "this";
    this.neededMs = Number(given["neededMs"] ?? 0);
    this.heardMs = Number(given["heardMs"] ?? 0);
    this.#loudness = 10 ** (Number(given["gainDb"] ?? 0) / 20);
    this.audio.controls = false;
    this.#build(gone);
    void this.#view.load(given["peaks"] ?? "");
  }

  get seconds(): number {
    const told = Number(this.#element.dataset["seconds"]);
    return told || (Number.isFinite(this.audio.duration) ? this.audio.duration : 0);
  }

  /** As it sounds now: 0 when the other side is heard. */
  get level(): number {
    return this.#gain?.gain.value ?? 0;
  }

  connect(context: AudioContext): void {
    if (this.#gain !== null) return;
    this.#gain = new GainNode(context, { gain: this.#isHeard ? this.#loudness : 0 });
    context.createMediaElementSource(this.audio).connect(this.#gain).connect(context.destination);
  }

  hear(isHeard: boolean): void {
    this.#isHeard = isHeard;
    this.#gain?.gain.setTargetAtTime(isHeard ? this.#loudness : 0, this.#gain.context.currentTime, SILENCE_SECONDS);
    if (isHeard) this.audio.playbackRate = 1;
  }

  async play(): Promise<void> {
    if (!this.audio.ended) await this.audio.play();
  }

  get span(): number {
    return this.seconds;
  }

  get position(): number {
    return this.audio.currentTime;
  }

  /** By its waveform: all sides go there. */
  seek(seconds: number): void {
    this.onSeek(seconds);
  }

  toggle(): void {
    this.onToggle();
  }

  goTo(seconds: number): void {
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.seconds || 0);
  }

  /** Silently, to where the heard one is. */
  follow(seconds: number): void {
    if (this.audio.ended || seconds >= this.seconds) return;
    const lag = seconds - this.audio.currentTime;
    if (Math.abs(lag) > FAR_SECONDS) this.audio.currentTime = seconds;
    const bend = Math.abs(lag) < NEAR_SECONDS ? 0 : Math.max(-LARGEST_BEND, Math.min(LARGEST_BEND, lag * 2));
    this.audio.playbackRate = 1 + bend;
  }

  show(isOn: boolean): void {
    this.#element.toggleAttribute("data-on", isOn);
    this.#view.show();
  }

  #build(gone: AbortSignal): void {
    this.#view.element.classList.add("deck-wave");
    this.audio.before(this.#view.element);
    this.#view.connect();
    gone.addEventListener("abort", () => {
      this.#view.disconnect();
      this.#view.element.remove();
    });
  }
}
