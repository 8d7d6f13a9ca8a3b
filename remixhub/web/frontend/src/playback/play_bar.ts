// <play-bar>: the face of the one player, at the foot of every page. It stands outside of what is swapped.
import htmx from "htmx.org";
import { clockText } from "../clock_text";
import { listenForKeys, showKeys } from "./keys";
import { connectMediaSession } from "./media_session";
import { player } from "./player";
import "./plays";
import { QueueList } from "./queue_list";
import { type Steered, WaveView } from "./wave_view";
import { showPlaying } from "./wave_player";

const INNER = `
  <div class="bar-keys">
    <button type="button" class="mini" data-act="previous" aria-label="Previous in the queue"><svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M4 5h3v14H4zM20 5v14L8 12z"/></svg></button>
    <button type="button" class="bar-play" data-act="toggle"></button>
    <button type="button" class="mini" data-act="next" aria-label="Next in the queue"><svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="M17 5h3v14h-3zM4 5l12 7-12 7z"/></svg></button>
  </div>
  <p class="bar-name"><a class="title" dir="auto"></a> <a class="soft" dir="auto"></a></p>
  <p class="bar-time figure" role="timer" aria-live="off"></p>
  <div class="bar-tools">
    <label class="bar-volume"><span class="visually-hidden">Volume</span><input type="range" min="0" max="1" step="0.05"></label>
    <button type="button" class="slim" data-act="queue" aria-expanded="false"></button>
    <button type="button" class="mini" data-act="keys" aria-label="Keys of the player">?</button>
  </div>
  <p class="bar-trouble" role="alert"></p>`;

export class PlayBar extends HTMLElement implements Steered {
  #view = new WaveView(this);
  #queue = new QueueList();
  #frame = 0;
  #shownHref = "";

  connectedCallback(): void {
    if (this.childElementCount > 0) return;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Player");
    this.innerHTML = INNER;
    this.#part(".bar-name").after(this.#view.element);
    this.prepend(this.#queue.element);
    this.append(player.audio);
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#queue.element.hidden) this.#queue.close();
    });
    this.#volume.addEventListener("input", () => player.setVolume(Number(this.#volume.value)));
    this.#queue.onClose = () => {
      this.#key("queue").focus();
      this.#render();
    };
    player.addEventListener("change", () => this.#follow());
    player.addEventListener("moved", () => this.#showPosition());
    this.#view.connect();
    new ResizeObserver(() => document.documentElement.style.setProperty("--bar-height", `${this.offsetHeight}px`)).observe(this);
    listenForKeys();
    connectMediaSession();
    document.addEventListener("htmx:after:swap", () => this.#meet());
    this.#meet();
    this.#follow();
  }

  get label(): string {
    return player.piece?.title ?? "the piece";
  }

  get seconds(): number {
    return player.seconds;
  }

  get span(): number {
    return player.seconds;
  }

  get position(): number {
    return player.position;
  }

  seek(seconds: number): void {
    player.seek(seconds);
  }

  toggle(): void {
    player.toggle();
  }

  /** Whose page it is now. */
  #meet(): void {
    player.belongTo(document.getElementById("page")?.dataset["account"] ?? "");
  }

  #press(event: Event): void {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset["act"];
    if (act === "toggle") player.toggle();
    else if (act === "previous") player.previous();
    else if (act === "next") player.next();
    else if (act === "keys") showKeys();
    else if (act === "queue") {
      this.#queue.element.hidden = !this.#queue.element.hidden;
      this.#render();
    }
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    this.#render();
    const move = () => {
      this.#showPosition();
      if (player.isPlaying) this.#frame = requestAnimationFrame(move);
    };
    move();
  }

  #render(): void {
    const { piece, queue } = player;
    this.hidden = piece === null;
    if (piece === null) return;
    showPlaying(this.#key("toggle"), player.isPlaying, "");
    this.#key("next").disabled = queue.at + 1 >= queue.pieces.length;
    const open = this.#key("queue");
    open.textContent = `Queue ${queue.pieces.length}`;
    open.setAttribute("aria-expanded", String(!this.#queue.element.hidden));
    this.#volume.value = String(player.audio.muted ? 0 : player.audio.volume);
    const trouble = this.#part(".bar-trouble");
    if (trouble.textContent !== player.trouble) trouble.textContent = player.trouble;
    this.#queue.show();
    if (this.#shownHref === piece.sound) return;
    this.#shownHref = piece.sound;
    const [title, artist] = this.querySelectorAll<HTMLAnchorElement>(".bar-name a");
    if (title && artist) {
      title.textContent = piece.title;
      title.href = piece.href;
      artist.textContent = piece.artist;
      artist.href = piece.artistHref;
      htmx.process(this);
    }
    void this.#view.load(piece.peaks);
  }

  #showPosition(): void {
    this.#view.show();
    const text = `${clockText(player.position)} / ${clockText(player.seconds)}`;
    const time = this.#part(".bar-time");
    if (time.textContent !== text) time.textContent = text;
  }

  get #volume(): HTMLInputElement {
    return this.#part<HTMLInputElement>(".bar-volume input");
  }

  #key(act: string): HTMLButtonElement {
    return this.#part<HTMLButtonElement>(`[data-act="${act}"]`);
  }

  #part<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
    const found = this.querySelector<Kind>(selector);
    if (found === null) throw new Error(`the bar has no ${selector}`);
    return found;
  }
}
