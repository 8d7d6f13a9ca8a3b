// A waveform that is a slider. The drawing stands still; a veil thins what is yet to come, and its edge is the playhead.
import { clockText } from "../clock_text";
import { drawWave } from "./draw";
import { fetchPeaks, type Peaks } from "./peaks";

const STEP_SECONDS = 5;

/** Who is steered, asked anew each time: a lane's voice changes hands. */
export interface Steered {
  readonly label: string;
  readonly seconds: number;
  /** The width of the view in seconds. */
  readonly span: number;
  readonly position: number;
  seek(seconds: number): void;
  toggle(): void;
}

export class WaveView {
  readonly element = document.createElement("div");
  #canvas = document.createElement("canvas");
  #veil = document.createElement("span");
  #bare = document.createElement("span");
  #peaks: Peaks | null = null;
  #address = "";
  #width = 0;
  #said = "";
  #stops: (() => void)[] = [];

  constructor(private readonly steered: Steered) {
    const view = this.element;
    view.className = "wave-view";
    view.tabIndex = 0;
    view.setAttribute("role", "slider");
    view.setAttribute("aria-valuemin", "0");
    this.#bare.className = "bare";
    this.#veil.className = "wave-rest";
    view.append(this.#bare, this.#canvas, this.#veil);
    view.addEventListener("pointerdown", (event) => this.#drag(event));
    view.addEventListener("keydown", (event) => this.#steer(event));
  }

  /** Once it is in the page; `disconnect` undoes it. */
  connect(): void {
    const resized = new ResizeObserver(() => {
      this.#width = this.element.clientWidth;
      this.draw();
      this.show();
    });
    resized.observe(this.element);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => requestAnimationFrame(() => this.draw());
    scheme.addEventListener("change", recolour);
    this.#stops.push(() => resized.disconnect(), () => scheme.removeEventListener("change", recolour));
  }

  disconnect(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  get drawnSeconds(): number {
    return this.#peaks === null ? 0 : (this.#peaks.maxima.length * this.#peaks.framesPerColumn) / this.#peaks.sampleRateHz;
  }

  async load(address: string): Promise<void> {
    if (address === this.#address) return;
    this.#address = address;
    this.#peaks = null;
    this.#bare.hidden = false;
    this.#canvas.width = this.#canvas.width; // eslint-disable-line no-self-assign -- clears it
    if (!address) return;
    try {
      const peaks = await fetchPeaks(address);
      if (address !== this.#address) return;
      this.#peaks = peaks;
    } catch (fault) {
      console.warn("no waveform for", this.steered.label, fault); // the bare line stays, playing works
      return;
    }
    this.#bare.hidden = true;
    this.draw();
    this.show();
  }

  draw(): void {
    if (this.#peaks !== null) drawWave(this.#canvas, this.#peaks, this.steered.span || this.drawnSeconds);
  }

  /** Moves the playhead; cheap enough for every frame. */
  show(): void {
    const { position, seconds, span, label } = this.steered;
    const x = span > 0 ? Math.min(position / span, 1) * this.#width : 0;
    this.#veil.style.transform = `translateX(${x.toFixed(1)}px)`;
    const said = `${label} ${clockText(position)} ${clockText(seconds)}`;
    if (said === this.#said) return;
    this.#said = said;
    this.element.toggleAttribute("data-begun", position > 0);
    this.element.setAttribute("aria-label", `Position in ${label}`);
    this.element.setAttribute("aria-valuemax", seconds.toFixed(0));
    this.element.setAttribute("aria-valuenow", position.toFixed(0));
    this.element.setAttribute("aria-valuetext", `${clockText(position)} of ${clockText(seconds)}`);
  }

  #seek(seconds: number): void {
    this.steered.seek(Math.min(Math.max(seconds, 0), this.steered.seconds));
    this.show();
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    const follow = (moved: PointerEvent) => {
      const box = this.element.getBoundingClientRect();
      this.#seek(((moved.clientX - box.left) / box.width) * this.steered.span);
    };
    follow(event);
    this.element.setPointerCapture(event.pointerId);
    const stop = new AbortController();
    this.element.addEventListener("pointermove", follow, { signal: stop.signal });
    for (const name of ["pointerup", "pointercancel"] as const) {
      this.element.addEventListener(name, () => stop.abort(), { signal: stop.signal });
    }
  }

  #steer(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { position, seconds } = this.steered;
    const steps: Record<string, number> = {
      ArrowRight: position + STEP_SECONDS,
      ArrowUp: position + STEP_SECONDS,
      ArrowLeft: position - STEP_SECONDS,
      ArrowDown: position - STEP_SECONDS,
      PageUp: position + seconds / 10,
      PageDown: position - seconds / 10,
      Home: 0,
      End: seconds,
    };
    if (event.key === " " || event.key === "Enter") this.steered.toggle();
    else if (event.key in steps) this.#seek(steps[event.key] ?? 0);
    else return;
    event.preventDefault();
  }
}
