// What a voter hears, told to the server beat by beat: it counts the time between two beats of one entry.
import { beatHearing } from "../api";

const BEAT_MS = 5000;

export class Hearing {
  #entry: string | null = null;
  #timer: number | undefined;
  #beats: Promise<void> = Promise.resolve();
  #confirmedAt = 0;

  constructor(
    private readonly contest: string,
    private readonly told: (entry: string, heardMs: number) => void,
    private readonly failed: (words: string) => void,
  ) {}

  /** This entry is heard from now on, and no other. */
  start(entry: string): void {
    if (entry === this.#entry) return;
    this.stop();
    this.#entry = entry;
    this.#confirmedAt = performance.now();
    this.beat();
    this.#timer = window.setInterval(() => this.beat(), BEAT_MS);
  }

  stop(): void {
    window.clearInterval(this.#timer);
    if (this.#entry !== null) this.beat();
    this.#entry = null;
  }

  beat(): void {
    const entry = this.#entry;
    if (entry === null) return;
    const sentAt = performance.now();
    this.#beats = this.#beats.then(async () => {
      try {
        const { heard_ms } = await beatHearing(this.contest, entry);
        if (entry === this.#entry) this.#confirmedAt = sentAt;
        this.told(entry, heard_ms);
      } catch (fault) {
        this.failed(fault instanceof Error ? fault.message : "What you hear cannot be counted right now.");
      }
    });
  }

  /** What is heard of the entry since the last beat that the server knows of. */
  sinceBeatMs(entry: string): number {
    return entry === this.#entry ? performance.now() - this.#confirmedAt : 0;
  }
}
