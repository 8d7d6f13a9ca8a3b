// <entry-deck contest="…">: one entry, or two that play at the same place, of which one is heard.
// Each `.deck-side` holds an <audio> for browsers without script, and where ballots are cast the form that casts one.
// With `contest` it tells the server what is heard, and says how much is missing until a ballot counts.
import { clockText } from "../clock_text";
import { announcePlaying, pauseForOthers } from "../playback/solo";
import { Hearing } from "./hearing";
import { isTyping } from "./keys";
import { Side } from "./side";

const STEP_SECONDS = 5;
const TICK_MS = 250;

export class EntryDeck extends HTMLElement {
  #sides: Side[] = [];
  #heard = 0;
  #context: AudioContext | null = null;
  #hearing: Hearing | null = null;
  #timer: number | undefined;
  #gone = new AbortController();

  connectedCallback(): void {
    this.#gone = new AbortController();
    this.#sides = [...this.querySelectorAll<HTMLElement>(".deck-side")].map((one) => new Side(one, this.#gone.signal));
    const contest = this.getAttribute("contest");
    if (contest) {
      const told = (entry: string, heardMs: number): void => this.#told(entry, heardMs);
      this.#hearing = new Hearing(contest, told, (words) => this.#say(words));
    }
    const { signal } = this.#gone;
    for (const [n, side] of this.#sides.entries()) {
      side.onSeek = (seconds) => this.seek(seconds);
      side.onToggle = () => this.toggle();
      side.audio.addEventListener("ended", () => this.#ended(n), { signal });
      side.audio.addEventListener("error", () => this.#say("This cannot be played right now. Try again in a moment."), { signal });
      for (const name of ["playing", "waiting"]) side.audio.addEventListener(name, () => this.#count(), { signal });
    }
    this.#key("play")?.addEventListener("click", () => this.toggle(), { signal });
    this.#key("switch")?.addEventListener("click", () => this.switch(), { signal });
    for (const key of this.querySelectorAll<HTMLElement>("[data-deck]")) key.hidden = false;
    this.addEventListener("submit", (event) => this.#ask(event), { signal, capture: true }); // before htmx sends it
    document.addEventListener("keydown", (event) => this.#press(event), { signal, capture: true });
    window.addEventListener("pagehide", () => this.#hearing?.stop(), { signal });
    signal.addEventListener("abort", pauseForOthers(this, () => this.pause()));
    this.#hearAlone(0);
    this.#show();
  }

  disconnectedCallback(): void {
    this.pause();
    this.#gone.abort();
    void this.#context?.close();
    this.#context = null;
  }

  /** How loud each side is now. */
  get levels(): number[] {
    return this.#sides.map((side) => (this.isPlaying ? side.level : 0));
  }

  get isPlaying(): boolean {
    return this.#timer !== undefined;
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else void this.#play();
  }

  async #play(): Promise<void> {
    announcePlaying(this);
    this.#context ??= new AudioContext({ latencyHint: "playback" });
    for (const side of this.#sides) side.connect(this.#context);
    this.#hearAlone(this.#heard);
    this.#timer = window.setInterval(() => this.#tick(), TICK_MS);
    this.#show();
    try {
      await Promise.all([this.#context.resume(), ...this.#sides.map((side) => side.play())]);
    } catch (fault) {
      if (fault instanceof DOMException && fault.name === "AbortError") return; // paused before it began
      this.pause();
      this.#say("This cannot be played right now. Reload the page and try again.");
    }
  }

  pause(): void {
    if (!this.isPlaying) return;
    window.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#hearing?.stop();
    for (const side of this.#sides) side.audio.pause();
    this.#show();
  }

  /** The other one, where this one was. */
  switch(): void {
    if (this.#sides.length < 2) return;
    const next = (this.#heard + 1) % this.#sides.length;
    if (this.#sides[next]?.audio.ended) this.seek(0); // it is shorter, and over
    this.#hearAlone(next);
    this.#count();
    this.#show();
  }

  seek(seconds: number): void {
    for (const side of this.#sides) {
      side.goTo(seconds);
      if (this.isPlaying && side.audio.paused) void side.play();
    }
    this.#show();
  }

  #hearAlone(heard: number): void {
    this.#heard = heard;
    for (const [n, side] of this.#sides.entries()) side.hear(n === heard);
  }

  #tick(): void {
    const lead = this.#sides[this.#heard];
    if (lead) for (const side of this.#sides) if (side !== lead) side.follow(lead.audio.currentTime);
    this.#count();
    this.#show();
  }

  /** Only what really sounds is heard: not while it loads. */
  #count(): void {
    const side = this.#sides[this.#heard];
    if (!side || !this.#hearing) return;
    const sounds = this.isPlaying && !side.audio.paused && side.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    if (!sounds) this.#hearing.stop();
    else this.#hearing.start(side.entry);
  }

  #told(entry: string, heardMs: number): void {
    const side = this.#sides.find((one) => one.entry === entry);
    if (!side) return;
    side.heardMs = heardMs;
    this.#show();
  }

  #ended(n: number): void {
    if (n !== this.#heard) return;
    this.pause();
    this.seek(0);
  }

  #press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const chosen = { a: 0, "1": 0, b: 1, "2": 1 }[key];
    if (key === " ") this.toggle();
    else if (key === "x" && this.#sides.length > 1) this.switch();
    else if (key === "arrowright" || key === "arrowleft") this.seek(this.#position + (key === "arrowright" ? 1 : -1) * STEP_SECONDS);
    else if (chosen !== undefined && this.#sides[chosen]?.form?.dataset["confirm"]) this.#sides[chosen]?.form?.requestSubmit();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** A ballot is for good: it is asked for once more, and not before enough was heard. */
  #ask(event: SubmitEvent): void {
    const side = this.#sides.find((one) => one.form === event.target);
    if (!side?.form || !this.#hearing || side.form.hasAttribute("data-sure")) return;
    const dialog = this.querySelector("dialog");
    const question = side.form.dataset["confirm"];
    const missing = this.#missing();
    if (!missing && (!dialog || !question)) return;
    event.preventDefault();
    event.stopPropagation();
    delete side.form.dataset["sent"]; // it is held back, not sent
    if (missing) this.#say(missing);
    if (missing || !dialog || !question) return;
    const words = dialog.querySelector("p");
    if (words) words.textContent = question;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      side.form?.setAttribute("data-sure", "");
      side.form?.requestSubmit();
    }, { once: true });
    dialog.showModal();
  }

  /** What the server has not confirmed yet, side by side. */
  #missing(): string {
    const lacking = this.#sides.filter((side) => side.heardMs < side.neededMs);
    if (lacking.length === 0) return "";
    const parts = lacking.map((side) => {
      const leftMs = side.neededMs - side.heardMs - (this.#hearing?.sinceBeatMs(side.entry) ?? 0);
      if (leftMs <= 0) this.#hearing?.beat(); // asks the server whether it is enough by now
      return `${Math.max(1, Math.ceil(leftMs / 1000))} s more of ${side.label}`;
    });
    return `${parts.join(" and ")} before your choice counts`;
  }

  #say(words: string): void {
    const line = this.querySelector("output");
    if (line && line.value !== words) line.value = words;
  }

  #show(): void {
    for (const [n, side] of this.#sides.entries()) side.show(n === this.#heard);
    const here = this.#sides[this.#heard];
    const other = this.#sides[(this.#heard + 1) % this.#sides.length];
    const play = this.#key("play");
    play?.setAttribute("aria-label", this.isPlaying ? "Pause" : "Play");
    play?.toggleAttribute("data-playing", this.isPlaying);
    const change = this.#key("switch");
    if (change && here && other) change.textContent = `Hear ${other.label}`;
    const time = this.querySelector("[data-deck-time]");
    if (time && here) time.textContent = `${clockText(this.#position)} / ${clockText(here.seconds)}`;
    const left = this.querySelector<HTMLElement>("[data-deck-left]");
    if (!left || !this.#hearing) return;
    const missing = this.#missing();
    const words = missing || "Heard enough: your choice counts";
    if (left.textContent !== words) left.textContent = words;
    if (!missing && !this.hasAttribute("heard")) {
      this.setAttribute("heard", "");
      this.#say("You have heard enough. Choose, or listen on.");
    }
  }

  get #position(): number {
    return this.#sides[this.#heard]?.audio.currentTime ?? 0;
  }

  #key(name: string): HTMLButtonElement | null {
    return this.querySelector<HTMLButtonElement>(`button[data-deck="${name}"]`);
  }
}
