// <wave-player peaks="…" seconds="…" span="…" label="…"><audio src="…"></audio></wave-player>
// Takes over the native player that the page holds for browsers without script. With `href` (and `by`, `by-href`, `cover`)
// it stands for a whole piece, and is a remote of the one player; without, it sounds by itself, or as a deck conducts it.
import { clockText } from "../clock_text";
import { OwnSound } from "./own_sound";
import { pieceOf } from "./piece";
import { player } from "./player";
import type { Piece } from "./queue";
import { queueKeys } from "./queue_keys";
import { forgetVoice, type Voice } from "./solo";
import { type Steered, WaveView } from "./wave_view";

const PLAY = '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M7 4v16l13-8z"/></svg>';
const PAUSE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M6 4h4.5v16H6zM13.5 4H18v16h-4.5z"/></svg>';

/** A key that plays and pauses; `name` is what it plays. */
export function showPlaying(key: HTMLButtonElement, isPlaying: boolean, name: string): void {
  const label = `${isPlaying ? "Pause" : "Play"} ${name}`.trim();
  if (key.getAttribute("aria-label") === label) return;
  key.setAttribute("aria-label", label);
  key.innerHTML = isPlaying ? PAUSE : PLAY;
}

export class WavePlayer extends HTMLElement implements Steered {
  #own: OwnSound | null = null;
  #piece: Piece | null = null;
  #conductor: Voice | null = null;
  /** Where a piece that is not in the player would begin. */
  #startSeconds = 0;
  #button = document.createElement("button");
  #view = new WaveView(this);
  #time = document.createElement("span");
  #frame = 0;
  #stops: (() => void)[] = [];

  connectedCallback(): void {
    const audio = this.querySelector("audio");
    if (audio === null) return;
    if (!this.hasAttribute("ready")) this.#build(audio);
    this.#listen(audio);
    this.#follow();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops.splice(0)) stop();
    cancelAnimationFrame(this.#frame);
    this.#view.disconnect();
    this.#own?.disconnect();
    if (this.#own !== null) forgetVoice(this.#own);
  }

  get label(): string {
    return this.getAttribute("label") ?? "audio";
  }

  get seconds(): number {
    const known = Number(this.getAttribute("seconds")) || this.#view.drawnSeconds;
    return known || (this.#own ?? this.#shared)?.seconds || 0;
  }

  get span(): number {
    return Number(this.getAttribute("span")) || this.seconds;
  }

  get position(): number {
    return this.#voice?.position ?? this.#startSeconds;
  }

  get isPlaying(): boolean {
    return this.#voice?.isPlaying ?? false;
  }

  toggle(): void {
    if (this.#piece !== null && this.#shared === null) {
      player.play(this.#piece, this.#startSeconds);
      this.#startSeconds = 0;
    } else this.#voice?.toggle();
  }

  seek(seconds: number): void {
    if (this.#voice === null) this.#startSeconds = seconds;
    else this.#voice.seek(seconds);
    this.#render();
  }

  /** A deck lends its playhead, and takes keys and seeks. The stem's own key still plays it alone, from there. */
  conduct(conductor: Voice): void {
    this.#conductor = conductor;
    this.#render();
  }

  /** The deck moved. */
  showPosition(): void {
    if (this.#own?.isPlaying !== true) this.#render();
  }

  /** Whose playhead is shown, whose sound is steered; null: a piece that the player does not have. */
  get #voice(): Voice | null {
    if (this.#own === null) return this.#shared;
    return this.#conductor !== null && !this.#own.isPlaying ? this.#conductor : this.#own;
  }

  get #shared(): Voice | null {
    return this.#piece !== null && player.isOn(this.#piece) ? player : null;
  }

  #build(audio: HTMLAudioElement): void {
    audio.controls = false;
    this.#piece = pieceOf(this, audio);
    if (this.#piece === null) this.#own = new OwnSound(audio, this);
    this.#button.type = "button";
    this.#button.className = "wave-play";
    this.#button.addEventListener("click", () => (this.#own === null ? this.toggle() : this.#playAlone(this.#own)));
    this.#time.className = "wave-time";
    this.prepend(this.#button, this.#view.element, this.#time);
    if (this.#piece !== null) this.append(queueKeys(this.#piece));
    this.setAttribute("ready", "");
  }

  #playAlone(own: OwnSound): void {
    if (this.#conductor !== null && !own.isPlaying) own.seek(this.#conductor.position);
    own.toggle();
  }

  #listen(audio: HTMLAudioElement): void {
    const follow = () => this.#follow();
    const heard: [EventTarget, string[]] =
      this.#own === null
        ? [player, ["change", "moved"]]
        : [audio, ["play", "pause", "ended", "seeked", "loadedmetadata"]];
    for (const name of heard[1]) heard[0].addEventListener(name, follow);
    const complain = () => this.#complain();
    audio.addEventListener("error", complain);
    this.#view.connect();
    this.#own?.connect();
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      void this.#view.load(this.getAttribute("peaks") ?? "").then(() => this.#render());
    }, { rootMargin: "200px" });
    seen.observe(this);
    this.#stops.push(
      () => seen.disconnect(),
      () => audio.removeEventListener("error", complain),
      () => heard[1].forEach((name) => heard[0].removeEventListener(name, follow)),
    );
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    this.#render();
    const moves = this.#own === null ? this.isPlaying : this.#own.isPlaying; // a deck says itself when it moves
    if (moves) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #render(): void {
    const isHeard = this.#own === null ? this.isPlaying : this.#own.isPlaying;
    showPlaying(this.#button, isHeard, this.label);
    this.#view.show();
    const length = this.seconds > 0 ? clockText(this.seconds) : "";
    const position = clockText(this.position);
    const text = this.hasAttribute("compact") ? (this.position > 0 ? position : length) : `${position} / ${length}`;
    if (this.#time.textContent !== text) this.#time.textContent = text;
  }

  #complain(): void {
    if (this.querySelector(".wave-fault") !== null) return;
    const fault = document.createElement("p");
    fault.className = "wave-fault";
    fault.setAttribute("role", "alert");
    fault.textContent = "This cannot be played right now. Reload the page and try again.";
    this.append(fault);
  }
}
