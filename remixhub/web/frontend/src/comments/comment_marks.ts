// <comment-marks data-seconds="…">: below the player of a whole piece, what is said at its moments, and the key that comments
// at the playhead. Links of the page to a moment (`a[data-at]`) play from there.
import { clockText } from "../clock_text";
import { player } from "../playback/player";
import type { WavePlayer } from "../playback/wave_player";

export class CommentMarks extends HTMLElement {
  #stops = new AbortController();
  #observer: ResizeObserver | null = null;

  connectedCallback(): void {
    this.#stops = new AbortController();
    const { signal } = this.#stops;
    this.hidden = this.childElementCount === 0;
    this.#place();
    const box = this.parentElement;
    if (box !== null) {
      this.#observer = new ResizeObserver(() => this.#align());
      this.#observer.observe(box);
    }
    document.addEventListener("click", (event) => this.#playFrom(event), { signal });
    this.#here?.addEventListener("click", () => this.#comment(), { signal });
    const follow = (): void => this.#tell();
    for (const name of ["change", "moved"]) player.addEventListener(name, follow, { signal });
    player.audio.addEventListener("timeupdate", follow, { signal });
    for (const name of ["pointerup", "keyup"]) box?.addEventListener(name, follow, { signal });
    void customElements.whenDefined("wave-player").then(() => {
      this.#align();
      this.#tell();
    });
  }

  disconnectedCallback(): void {
    this.#stops.abort();
    this.#observer?.disconnect();
  }

  get #wave(): WavePlayer | null {
    const wave = this.parentElement?.querySelector<WavePlayer>("wave-player") ?? null;
    return wave?.hasAttribute("ready") === true ? wave : null;
  }

  get #here(): HTMLButtonElement | null {
    return this.querySelector<HTMLButtonElement>("[data-comment-here]");
  }

  get #seconds(): number {
    return this.#wave?.seconds || Number(this.dataset["seconds"]) || 0;
  }

  #place(): void {
    for (const mark of this.querySelectorAll<HTMLElement>("li[data-at]")) {
      const share = this.#seconds > 0 ? Math.min(Number(mark.dataset["at"]) / this.#seconds, 1) : 0;
      mark.style.insetInlineStart = `${(share * 100).toFixed(3)}%`;
      mark.toggleAttribute("data-late", share > 0.5);
    }
  }

  /** Into the lane below the waveform, whatever stands beside it. */
  #align(): void {
    const marks = this.querySelector<HTMLElement>(".marks");
    const wave = this.#wave;
    const view = wave?.querySelector<HTMLElement>(".wave-view");
    if (marks === null || wave === null || view == null) return;
    wave.toggleAttribute("data-marked", true);
    const [own, seen] = [this.getBoundingClientRect(), view.getBoundingClientRect()];
    marks.style.insetBlockStart = `${(seen.bottom - own.top).toFixed(1)}px`;
    marks.style.insetInlineStart = `${(seen.left - own.left).toFixed(1)}px`;
    marks.style.width = `${seen.width.toFixed(1)}px`;
    this.#place();
  }

  #tell(): void {
    const figure = this.#here?.querySelector(".figure");
    const text = clockText(this.#wave?.position ?? 0);
    if (figure != null && figure.textContent !== text) figure.textContent = text;
  }

  #comment(): void {
    const form = document.querySelector<HTMLFormElement>("#comments .comment-form");
    const at = form?.querySelector<HTMLInputElement>("[name=at]");
    const text = form?.querySelector<HTMLTextAreaElement>("textarea");
    if (at == null || text == null) return;
    at.value = clockText(this.#wave?.position ?? 0);
    text.focus({ preventScroll: true });
    form?.scrollIntoView({ block: "center" });
  }

  #playFrom(event: MouseEvent): void {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-at]") : null;
    const wave = this.#wave;
    if (link === null || wave === null) return;
    event.preventDefault();
    wave.seek(Number(link.dataset["at"]));
    if (!wave.isPlaying) wave.toggle();
    this.#tell();
  }
}
