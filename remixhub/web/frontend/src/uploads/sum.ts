// How far all files of a box are together, with what may be done about all of them.
import { sizeText } from "../clock_text";

export interface Acts {
  pause(): void;
  resume(): void;
  retry(): void;
}

interface Part {
  sentBytes: number;
  sizeBytes: number;
  isSent: boolean;
  hasFailed: boolean;
}

export class TransferSum {
  #parts = new Map<string, Part>();
  #isPaused = false;
  #text = document.createElement("span");
  #bar = document.createElement("progress");
  #pause = key("Pause all");
  #retry = key("Try the failed ones again");

  constructor(
    readonly element: HTMLElement,
    readonly acts: Acts,
  ) {
    this.#text.className = "figure";
    this.#text.setAttribute("role", "status");
    this.#bar.max = 100;
    this.#bar.setAttribute("aria-label", "All files");
    this.#pause.addEventListener("click", () => {
      this.#isPaused = !this.#isPaused;
      this.#pause.textContent = this.#isPaused ? "Go on with all" : "Pause all";
      if (this.#isPaused) this.acts.pause();
      else this.acts.resume();
      this.#render();
    });
    this.#retry.addEventListener("click", () => this.acts.retry());
    element.replaceChildren(this.#bar, this.#text, this.#pause, this.#retry);
  }

  get isRunning(): boolean {
    return [...this.#parts.values()].some((one) => !one.isSent && !one.hasFailed);
  }

  note(id: string, change: Partial<Part>): void {
    const before = this.#parts.get(id) ?? { sentBytes: 0, sizeBytes: 0, isSent: false, hasFailed: false };
    this.#parts.set(id, { ...before, ...change });
    this.#render();
  }

  drop(id: string): void {
    this.#parts.delete(id);
    this.#render();
  }

  #render(): void {
    const all = [...this.#parts.values()];
    const sent = all.filter((one) => one.isSent).length;
    if (all.length === 0 || sent === all.length) {
      this.#parts.clear();
      this.element.hidden = true;
      return;
    }
    const sentBytes = all.reduce((sum, one) => sum + (one.isSent ? one.sizeBytes : one.sentBytes), 0);
    const sizeBytes = all.reduce((sum, one) => sum + one.sizeBytes, 0);
    this.element.hidden = all.length < 2 && !this.#isPaused;
    this.#bar.value = sizeBytes > 0 ? (100 * sentBytes) / sizeBytes : 0;
    const failed = all.filter((one) => one.hasFailed).length;
    const told = `${sent} of ${all.length} files sent, ${sizeText(sentBytes)} of ${sizeText(sizeBytes)}`;
    this.#text.textContent = told + (failed ? `, ${failed} failed` : "") + (this.#isPaused ? ", paused" : "");
    this.#pause.hidden = !this.isRunning;
    this.#retry.hidden = failed === 0;
  }
}

function key(label: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "slim";
  button.textContent = label;
  return button;
}
