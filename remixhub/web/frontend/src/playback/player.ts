// The one player of whole pieces. It lives as long as the document, that is over page changes; cards and pages are its
// remotes, <play-bar> is its face. Says `change` when a piece, the queue, playing or trouble changes, `moved` on a seek.
import { keep, keepVolume, kept, keptVolume } from "./memory";
import { cleared, EMPTY, moved, type Piece, type Queue, removed, withCurrent, withLast, withNext } from "./queue";
import { announcePlaying, pauseForOthers, type Voice } from "./solo";

const RENEWALS = 3;
const STARTED_SECONDS = 3; // `previous` before that goes back a piece, later to the piece's beginning
const LOST = "The connection is lost. It goes on by itself when it is back.";

export class Player extends EventTarget implements Voice {
  readonly audio = new Audio();
  #queue: Queue = EMPTY;
  #trouble = "";
  #isWanted = false;
  #renewals = 0;
  #heardSeconds = 0;
  #account = "";

  constructor() {
    super();
    const { audio } = this;
    audio.preload = "none";
    const volume = keptVolume();
    audio.volume = volume.level;
    audio.muted = volume.isMuted;
    const before = kept();
    this.#account = before.account;
    this.#queue = before.queue;
    if (this.piece !== null) this.#load(before.seconds);
    for (const name of ["durationchange", "volumechange"]) audio.addEventListener(name, () => this.#say());
    audio.addEventListener("play", () => this.#follow(true));
    audio.addEventListener("pause", () => audio.ended || audio.error !== null || this.#follow(!audio.paused));
    audio.addEventListener("playing", () => this.#tell(""));
    audio.addEventListener("waiting", () => this.#tell(navigator.onLine ? this.#trouble : LOST));
    audio.addEventListener("seeked", () => this.dispatchEvent(new Event("moved")));
    audio.addEventListener("timeupdate", () => {
      if (audio.currentTime > this.#heardSeconds + 1) this.#renewals = 0;
      this.#heardSeconds = audio.currentTime;
    });
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("error", () => this.#renew());
    pauseForOthers(this, () => this.pause());
    window.addEventListener("online", () => this.#isWanted && this.#trouble !== "" && this.#renew());
    window.addEventListener("pagehide", () => this.#remember());
  }

  get queue(): Queue {
    return this.#queue;
  }

  get piece(): Piece | null {
    return this.#queue.pieces[this.#queue.at] ?? null;
  }

  get isPlaying(): boolean {
    return this.#isWanted;
  }

  get position(): number {
    return this.audio.error === null ? this.audio.currentTime : this.#heardSeconds;
  }

  get seconds(): number {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : (this.piece?.seconds ?? 0);
  }

  get caption(): string {
    return this.piece?.title ?? "";
  }

  /** What hinders it, in words; empty if nothing does. */
  get trouble(): string {
    return this.#trouble;
  }

  isOn(piece: Piece): boolean {
    return this.piece?.sound === piece.sound;
  }

  play(piece: Piece, seconds = 0): void {
    if (!this.isOn(piece)) {
      this.#queue = withCurrent(this.#queue, piece);
      this.#load(seconds);
    }
    this.#start();
  }

  /** In the place of what waits. */
  playAll(pieces: readonly Piece[]): void {
    if (pieces.length === 0) return;
    this.#queue = { pieces, at: 0 };
    this.#load(0);
    this.#start();
  }

  toggle(): void {
    if (this.#isWanted) this.pause();
    else this.#start();
  }

  pause(): void {
    this.#isWanted = false;
    this.audio.pause();
    this.#say();
  }

  seek(seconds: number): void {
    this.#heardSeconds = Math.min(Math.max(seconds, 0), this.seconds);
    this.audio.currentTime = this.#heardSeconds;
    this.dispatchEvent(new Event("moved"));
  }

  next(): void {
    this.#go(this.#queue.at + 1);
  }

  previous(): void {
    if (this.position > STARTED_SECONDS || this.#queue.at === 0) this.seek(0);
    else this.#go(this.#queue.at - 1);
  }

  jump(at: number): void {
    if (at === this.#queue.at) this.toggle();
    else this.#go(at, true);
  }

  addNext(piece: Piece): void {
    this.#rearrange(withNext(this.#queue, piece));
  }

  add(pieces: readonly Piece[]): void {
    this.#rearrange(withLast(this.#queue, pieces));
  }

  move(from: number, to: number): void {
    this.#rearrange(moved(this.#queue, from, to));
  }

  remove(at: number): void {
    const wasCurrent = at === this.#queue.at;
    this.#queue = removed(this.#queue, at);
    if (wasCurrent) this.#changed();
    else this.#say();
  }

  clear(): void {
    this.#rearrange(cleared(this.#queue));
  }

  setVolume(level: number, isMuted = false): void {
    this.audio.volume = level;
    this.audio.muted = isMuted;
    keepVolume({ level, isMuted });
  }

  /** Whoever signs in on this page next does not find what another account played. */
  belongTo(account: string): void {
    if (this.#account !== "" && account !== this.#account) {
      this.pause();
      this.#queue = EMPTY;
      this.#changed();
    }
    this.#account = account;
  }

  #rearrange(queue: Queue): void {
    const wasEmpty = this.piece === null;
    this.#queue = wasEmpty && queue.pieces.length > 0 ? { ...queue, at: 0 } : queue;
    if (wasEmpty && this.piece !== null) this.#load(0);
    this.#remember();
    this.#say();
  }

  #go(at: number, isStarted = this.#isWanted): void {
    if (at < 0 || at >= this.#queue.pieces.length) return;
    this.#queue = { ...this.#queue, at };
    this.#load(0);
    if (isStarted) this.#start();
    else this.#say();
  }

  /** The piece itself has gone, or another took its place. */
  #changed(): void {
    const goesOn = this.#isWanted;
    if (this.piece === null) {
      this.pause();
      this.audio.removeAttribute("src");
    } else {
      this.#load(0);
      if (goesOn) this.#start();
    }
    this.#remember();
    this.#say();
  }

  #load(seconds: number): void {
    this.#trouble = "";
    this.#renewals = 0;
    this.#open(this.piece?.sound ?? "", seconds);
    this.#remember();
  }

  #open(address: string, seconds: number): void {
    this.#heardSeconds = seconds;
    this.audio.src = address;
    if (seconds > 0) this.audio.currentTime = seconds; // also before anything is loaded
  }

  #start(): void {
    if (this.piece === null) return;
    this.#isWanted = true;
    announcePlaying(this);
    if (this.audio.error !== null) this.#open(this.piece.sound, this.#heardSeconds);
    void this.audio.play().catch((fault: unknown) => {
      if ((fault as DOMException).name !== "NotAllowedError") return; // errors come as events too
      this.#isWanted = false;
      this.#say();
    });
    this.#say();
  }

  /** Addresses of sound are good for a while: the piece's own address is asked anew, and the piece goes on where it was. */
  #renew(): void {
    if (this.piece === null || this.audio.getAttribute("src") === null) return;
    if (!navigator.onLine) this.#tell(LOST);
    else if (this.#renewals >= RENEWALS) {
      this.#isWanted = false;
      this.#tell("This cannot be played right now. Try again in a moment.");
    } else {
      this.#renewals += 1;
      // the first time as it is: the browser knows how long an answer is good; then past whatever it keeps
      const again = this.#renewals > 1 ? `?again=${Date.now()}` : "";
      this.#open(this.piece.sound + again, this.#heardSeconds);
      if (this.#isWanted) void this.audio.play().catch(() => undefined);
    }
  }

  #ended(): void {
    if (this.#queue.at + 1 < this.#queue.pieces.length) this.next();
    else {
      this.#isWanted = false;
      this.audio.currentTime = 0;
      this.#say();
    }
  }

  /** Also what the system did: a call came in, the headphones were pulled out. */
  #follow(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#say();
  }

  #tell(trouble: string): void {
    this.#trouble = trouble;
    this.#say();
  }

  #say(): void {
    this.dispatchEvent(new Event("change"));
  }

  #remember(): void {
    keep({ queue: this.#queue, seconds: this.position, account: this.#account });
  }
}

export const player = new Player();
