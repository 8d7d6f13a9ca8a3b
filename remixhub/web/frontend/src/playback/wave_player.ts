// <wave-player peaks="…" seconds="…" span="…" label="…"><audio src="…"></audio></wave-player>
// Takes over the native player that the page holds for browsers without script.
import { clockText } from "../clock_text";
import { drawWave } from "./draw";
import { fetchPeaks, type Peaks } from "./peaks";
import { announcePlaying, pauseForOthers } from "./solo";

const PLAY = '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M8 5v14l11-7z"/></svg>';
const PAUSE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z"/></svg>';
const STEP_SECONDS = 5;

/** What a deck does while it, and not the player's own audio, is heard. */
export interface Conductor {
  seek(seconds: number): void;
}

function drawnSeconds(peaks: Peaks | null): number {
  return peaks === null ? 0 : (peaks.maxima.length * peaks.framesPerColumn) / peaks.sampleRateHz;
}

export class WavePlayer extends HTMLElement {
  #audio: HTMLAudioElement | null = null;
  #button = document.createElement("button");
  #view = document.createElement("div");
  #canvas = document.createElement("canvas");
  #time = document.createElement("span");
  #peaks: Peaks | null = null;
  #frame = 0;
  #conductor: Conductor | null = null;
  #conductedSeconds = 0;
  #stops: (() => void)[] = [];

  connectedCallback(): void {
    const audio = this.querySelector("audio");
    if (audio === null || this.hasAttribute("ready")) return;
    this.#audio = audio;
    audio.controls = false;
    this.#build();
    this.#listen(audio);
    this.setAttribute("ready", "");
    this.#render();
  }

  disconnectedCallback(): void {
    this.#audio?.pause();
    cancelAnimationFrame(this.#frame);
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  get seconds(): number {
    const measured = this.#audio?.duration ?? Number.NaN;
    return Number(this.getAttribute("seconds")) || (Number.isFinite(measured) ? measured : drawnSeconds(this.#peaks));
  }

  get label(): string {
    return this.getAttribute("label") ?? "audio";
  }

  /** A deck takes the playhead over, or gives it back with null. */
  conduct(conductor: Conductor | null): void {
    this.#conductor = conductor;
    this.#conductedSeconds = 0;
    if (conductor !== null) this.#audio?.pause();
    this.#render();
  }

  showPosition(seconds: number): void {
    this.#conductedSeconds = seconds;
    this.#render();
  }

  #build(): void {
    this.#button.type = "button";
    this.#button.className = "wave-play";
    this.#button.addEventListener("click", () => this.#toggle());
    this.#view.className = "wave-view";
    this.#view.tabIndex = 0;
    this.#view.setAttribute("role", "slider");
    this.#view.setAttribute("aria-label", `Position in ${this.label}`);
    this.#view.setAttribute("aria-valuemin", "0");
    const bare = document.createElement("span");
    bare.className = "bare";
    this.#view.append(bare, this.#canvas);
    this.#view.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#view.addEventListener("keydown", (event) => this.#steer(event));
    this.#time.className = "wave-time";
    this.prepend(this.#button, this.#view, this.#time);
  }

  #listen(audio: HTMLAudioElement): void {
    audio.addEventListener("play", () => {
      announcePlaying(this);
      this.#follow();
    });
    for (const name of ["pause", "ended", "seeked", "loadedmetadata"]) audio.addEventListener(name, () => this.#render());
    audio.addEventListener("error", () => this.#complain());
    this.#stops.push(pauseForOthers(this, () => this.#audio?.pause()));
    const resized = new ResizeObserver(() => this.#render());
    resized.observe(this.#view);
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        seen.disconnect();
        void this.#loadPeaks();
      }
    }, { rootMargin: "200px" });
    seen.observe(this);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => this.#render();
    scheme.addEventListener("change", recolour);
    this.#stops.push(
      () => resized.disconnect(),
      () => seen.disconnect(),
      () => scheme.removeEventListener("change", recolour),
    );
  }

  async #loadPeaks(): Promise<void> {
    const url = this.getAttribute("peaks");
    if (!url) return;
    try {
      this.#peaks = await fetchPeaks(url);
    } catch (fault) {
      console.warn("no waveform for", this.label, fault); // the bare line stays, playing works
      return;
    }
    this.#view.querySelector(".bare")?.remove();
    this.#render();
  }

  #toggle(): void {
    const audio = this.#audio;
    if (audio === null) return;
    if (audio.paused) void audio.play().catch(() => this.#complain());
    else audio.pause();
  }

  #seek(seconds: number): void {
    const wanted = Math.min(Math.max(seconds, 0), this.seconds);
    if (this.#conductor !== null) this.#conductor.seek(wanted);
    else if (this.#audio !== null) {
      this.#audio.currentTime = wanted;
      this.#render();
    }
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    const follow = (moved: PointerEvent) => {
      const box = this.#view.getBoundingClientRect();
      this.#seek(((moved.clientX - box.left) / box.width) * this.#span);
    };
    follow(event);
    this.#view.setPointerCapture(event.pointerId);
    const stop = new AbortController();
    this.#view.addEventListener("pointermove", follow, { signal: stop.signal });
    for (const name of ["pointerup", "pointercancel"] as const) {
      this.#view.addEventListener(name, () => stop.abort(), { signal: stop.signal });
    }
  }

  #steer(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowRight: this.#position + STEP_SECONDS,
      ArrowLeft: this.#position - STEP_SECONDS,
      Home: 0,
      End: this.seconds,
    };
    if (event.key === " " || event.key === "Enter") this.#toggle();
    else if (event.key in steps) this.#seek(steps[event.key] ?? 0);
    else return;
    event.preventDefault();
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    this.#render();
    if (this.#audio !== null && !this.#audio.paused) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  get #position(): number {
    return this.#conductor !== null ? this.#conductedSeconds : (this.#audio?.currentTime ?? 0);
  }

  get #span(): number {
    return Number(this.getAttribute("span")) || this.seconds;
  }

  #render(): void {
    const playing = this.#audio !== null && !this.#audio.paused;
    if (this.#button.dataset["playing"] !== String(playing)) {
      this.#button.dataset["playing"] = String(playing);
      this.#button.innerHTML = playing ? PAUSE : PLAY;
      this.#button.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${this.label}`);
    }
    const position = this.#position;
    const both = !this.hasAttribute("compact");
    const text = both ? `${clockText(position)} / ${clockText(this.seconds)}` : clockText(position || this.seconds);
    if (this.#time.textContent !== text) {
      this.#time.textContent = text;
      this.#view.setAttribute("aria-valuemax", this.seconds.toFixed(0));
      this.#view.setAttribute("aria-valuenow", position.toFixed(0));
      this.#view.setAttribute("aria-valuetext", `${clockText(position)} of ${clockText(this.seconds)}`);
    }
    if (this.#peaks !== null) drawWave(this.#canvas, this.#peaks, this.#span, position);
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
