// A sound that stays with its page: a stem played alone, a contest's entry, a mix that is nobody's work yet.
import { announcePlaying, pauseForOthers, type Voice } from "./solo";

export class OwnSound implements Voice {
  #stop: () => void = () => undefined;

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly named: { readonly label: string },
  ) {
    audio.addEventListener("play", () => announcePlaying(this));
  }

  connect(): void {
    this.#stop = pauseForOthers(this, () => this.audio.pause());
  }

  disconnect(): void {
    this.#stop();
    this.audio.pause();
  }

  get isPlaying(): boolean {
    return !this.audio.paused;
  }

  get position(): number {
    return this.audio.currentTime;
  }

  get seconds(): number {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
  }

  get caption(): string {
    return this.named.label;
  }

  toggle(): void {
    if (this.audio.paused) void this.audio.play().catch(() => undefined); // a failure comes as an event, too
    else this.audio.pause();
  }

  seek(seconds: number): void {
    this.audio.currentTime = seconds;
  }
}
