// The reference mix beside the desk's: it runs along silently and is heard instead, as loud as the mix.
import { rampTo } from "./output";

const LEEWAY_SECONDS = 0.12;
const MOST_GAIN_DB = 6;

export class ReferenceSound {
  readonly #audio = new Audio();
  readonly #gain: GainNode;

  constructor(
    private readonly context: AudioContext,
    address: string,
  ) {
    this.#audio.crossOrigin = "anonymous"; // else it would come silently out of another site's storage
    this.#audio.preload = "auto";
    this.#audio.src = address;
    this.#gain = new GainNode(context, { gain: 0 });
    context.createMediaElementSource(this.#audio).connect(this.#gain).connect(context.destination);
  }

  /** Runs where the mix is. */
  follow(isPlaying: boolean, seconds: number): void {
    const audio = this.#audio;
    const isOver = Number.isFinite(audio.duration) && seconds >= audio.duration;
    if (Math.abs(audio.currentTime - seconds) > LEEWAY_SECONDS && !isOver) audio.currentTime = seconds;
    if (isPlaying && audio.paused && !isOver) void audio.play().catch(() => undefined);
    else if (!isPlaying && !audio.paused) audio.pause();
  }

  /** Heard with that gain; null: unheard. */
  show(gainDb: number | null): void {
    rampTo(this.#gain.gain, gainDb === null ? 0 : 10 ** (Math.min(gainDb, MOST_GAIN_DB) / 20), this.context);
  }

  close(): void {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#gain.disconnect();
  }
}
