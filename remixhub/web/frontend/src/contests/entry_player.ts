// A contest's entry, matched in loudness. While it plays it tells the server every few seconds that it does, so that
// the server can count how much was heard.
import { beatHearing } from "../api";

const BEAT_MS = 5000;

export class EntryPlayer extends HTMLElement {
  private timer: number | undefined;

  connectedCallback(): void {
    const audio = this.querySelector("audio");
    if (!audio) return;
    audio.volume = Math.min(1, 10 ** (Number(this.getAttribute("gain-db") ?? 0) / 20));
    const contest = this.getAttribute("contest");
    const entry = this.getAttribute("entry");
    if (!contest || !entry) return;
    audio.addEventListener("playing", () => this.start(contest, entry));
    for (const name of ["pause", "ended", "waiting"]) audio.addEventListener(name, () => this.stop(contest, entry));
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  private start(contest: string, entry: string): void {
    if (this.timer !== undefined) return;
    void this.beat(contest, entry);
    this.timer = window.setInterval(() => void this.beat(contest, entry), BEAT_MS);
  }

  private stop(contest: string, entry: string): void {
    if (this.timer === undefined) return;
    window.clearInterval(this.timer);
    this.timer = undefined;
    void this.beat(contest, entry);
  }

  private async beat(contest: string, entry: string): Promise<void> {
    const output = this.querySelector("output");
    try {
      const heard = await beatHearing(contest, entry);
      if (output) output.textContent = `${Math.floor(heard.heard_ms / 1000)} s heard`;
    } catch (error) {
      if (output) output.textContent = error instanceof Error ? error.message : "";
    }
  }
}
