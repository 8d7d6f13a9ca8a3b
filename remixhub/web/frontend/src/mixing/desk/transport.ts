// The foot: keys that play, and the clock.
import { key, make, say, set } from "./make";
import type { Room } from "./room";
import { placeText, placeWords, preciseText } from "./scale";

export interface TransportHost {
  readonly room: Room;
  readonly length: number;
  isLooping: boolean;
  stop(): void;
}

export class Transport {
  readonly element: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #loop: HTMLButtonElement;
  readonly #compare: HTMLButtonElement;
  readonly #place = make("output", { class: "clock-place", for: "" });
  readonly #time = make("span", { class: "clock-time" });
  #isComparing = false;

  constructor(private readonly host: TransportHost) {
    const { room } = host;
    this.#play = key("Play", "▶", () => room.toggle(), { class: "mini transport-play" });
    this.#loop = key("Loop", "⟲", () => (host.isLooping = !host.isLooping));
    this.#compare = key("A/B: compare with the reference", "A/B", () => room.compare(), { "aria-pressed": "false", class: "mini compare" });
    this.#compare.hidden = room.page.reference === null;
    this.#place.setAttribute("aria-live", "off");
    const keys = make(
      "div",
      { class: "transport-keys", role: "group", "aria-label": "Transport" },
      key("To the start", "◀◀", () => {
        room.seek(0);
        room.reveal(0);
      }),
      this.#play,
      key("Stop, and go back", "■", () => host.stop()),
      this.#loop,
    );
    const clock = make("button", { type: "button", class: "plain desk-clock", title: "Show the playhead" }, this.#place, this.#time);
    clock.addEventListener("click", () => room.reveal(room.playhead));
    this.element = make("div", { class: "desk-transport" }, keys, clock, this.#compare);
  }

  compare(isOn = !this.#isComparing): void {
    const { engine, page, desk } = this.host.room;
    if (page.reference === null) return;
    this.#isComparing = isOn;
    engine.compare(isOn ? page.reference : null);
    set(this.#compare, "aria-pressed", String(isOn));
    desk.say(isOn ? "You hear the reference" : "You hear your mix");
  }

  /** Once a frame while it plays. */
  show(frame: number): void {
    const { grid, sample_rate_hz: rateHz } = this.host.room.desk.mix;
    say(this.#place, grid === null ? preciseText(frame, rateHz) : placeText(frame, grid, rateHz));
    const whole = preciseText(this.host.length, rateHz).replace(/\.\d+$/, "");
    say(this.#time, grid === null ? `/ ${whole}` : `${preciseText(frame, rateHz)} / ${whole}`);
  }

  showState(): void {
    const { engine, desk, playhead } = this.host.room;
    const { grid, sample_rate_hz: rateHz } = desk.mix;
    set(this.#play, "aria-label", engine.isPlaying ? "Pause" : "Play");
    set(this.#play, "title", engine.isPlaying ? "Pause" : "Play");
    say(this.#play, engine.isPlaying ? "❙❙" : "▶");
    this.#play.toggleAttribute("data-waiting", engine.isWaiting);
    set(this.#loop, "aria-pressed", String(this.host.isLooping));
    set(this.#place, "aria-label", placeWords(playhead, grid, rateHz));
  }
}
