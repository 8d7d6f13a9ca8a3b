// What is heard: one read position for all lanes, rendered by docs/mix-spec.md. It knows neither page nor worklet, so that
// both a worklet and a script processor can run it. Whatever jumps is crossfaded over ten milliseconds: another mix, a
// seek, a pair of braces, play and pause, and a piece that is not there yet.
import type { Mix } from "../document/mix";
import { LoudnessMeter } from "./loudness";
import { emptyPlan, type Plan, planMix, type StemShape } from "./plan";
import { type Piece, PIECE_FRAMES, Renderer, somePiece } from "./render";
import { TruePeakMeter } from "./true_peak";

/** Frames at most in one call of `process`. */
export const MOST_FRAMES = 4_096;
/** Whether all is there is asked before each stretch. */
const STRETCH_FRAMES = 128;
const TELL_FRAMES = 2_048;
const WISH_FRAMES = 8_192;
/** Of decoded samples, for all stems together; a little of it behind the playhead. */
const CACHE_BYTES = 40_000_000;
const LEAST_AHEAD_PIECES = 3;
const MOST_AHEAD_PIECES = 16;

export interface Braces {
  readonly startFrames: number;
  readonly endFrames: number;
}

export type Order =
  | { readonly kind: "mix"; readonly mix: Mix }
  | { readonly kind: "play" | "pause" | "forget" }
  | { readonly kind: "seek"; readonly frame: number }
  | { readonly kind: "loop"; readonly braces: Braces | null };

export type Command = Order & { readonly serial: number };

/** What is so at the context's frame `at`. */
export interface Told {
  readonly at: number;
  readonly position: number;
  readonly isPlaying: boolean;
  readonly isSounding: boolean;
  /** Of the last command that is in it. */
  readonly serial: number;
  /** Two a lane, linear: the highest samples since the last time. */
  readonly lanes: Float32Array;
  readonly left: number;
  readonly right: number;
  readonly shortTermLufs: number;
  readonly integratedLufs: number;
  readonly truePeak: number;
  readonly samplePeak: number;
}

/** Pieces wanted, the soonest first; buffers that may be used again. */
export interface Wish {
  /** Pairs of stem and place. */
  readonly pieces: Int32Array;
  /** So many of them are wanted at once. */
  readonly urgent: number;
  readonly spares: Float32Array<ArrayBuffer>[];
}

export interface Arrival {
  readonly stem: number;
  readonly piece: Piece;
}

/** Where something is read. */
interface Head {
  readonly plan: Plan;
  position: number;
  /** How often the mix' own loop is still gone back to. */
  passes: number;
  /** It came to the end of a loop: the jump is due. */
  isDue: boolean;
}

export class MixPlayer {
  readonly #renderer = new Renderer(MOST_FRAMES);
  readonly #loudness: LoudnessMeter;
  readonly #truePeak: TruePeakMeter;
  readonly #ramp: number;
  readonly #pieces: (Piece | undefined)[][];
  readonly #oldLeft = new Float32Array(MOST_FRAMES);
  readonly #oldRight = new Float32Array(MOST_FRAMES);
  readonly #newLeft = new Float32Array(MOST_FRAMES);
  readonly #newRight = new Float32Array(MOST_FRAMES);
  #lanes = new Float32Array(0);
  #left = 0;
  #right = 0;
  #spares: Float32Array<ArrayBuffer>[] = [];
  #wish: (wish: Wish) => void = () => undefined;

  /** Where playing is, also while nothing sounds. */
  #head: Head;
  #isPlaying = false;
  /** Whether the head sounds; during a crossfade, whether it will. */
  #isSounding = false;
  /** What is faded out: null is silence. Frames of the crossfade that are done; the whole ramp where there is none. */
  #old: Head | null = null;
  #faded: number;
  /** What was asked for while a crossfade ran. */
  #nextPlan: Plan | null = null;
  #nextPosition: number | null = null;
  #braces: Braces | null = null;
  #serial = 0;
  #sinceTold = 0;
  #sinceWish = WISH_FRAMES;
  #steps = -1;
  #lufs = { shortTerm: -Infinity, integrated: -Infinity };

  constructor(
    rateHz: number,
    private readonly stems: readonly StemShape[],
    private readonly tell: (told: Told) => void,
  ) {
    this.#loudness = new LoudnessMeter(rateHz);
    this.#truePeak = new TruePeakMeter(rateHz);
    this.#ramp = Math.floor(rateHz / 100);
    this.#faded = this.#ramp;
    this.#pieces = stems.map(() => []);
    this.#head = headAt(emptyPlan(rateHz), 0);
  }

  /** Who fetches pieces. */
  supply(wish: (wish: Wish) => void): void {
    this.#wish = wish;
    this.#sinceWish = WISH_FRAMES;
  }

  arrived({ stem, piece }: Arrival): void {
    const own = this.#pieces[stem];
    if (own !== undefined) own[Math.floor(piece.start / PIECE_FRAMES)] = piece;
  }

  receive(command: Command): void {
    this.#serial = command.serial;
    if (command.kind === "mix") this.#nextPlan = planMix(command.mix, this.stems);
    else if (command.kind === "seek") this.#nextPosition = command.frame;
    else if (command.kind === "loop") this.#braces = command.braces;
    else if (command.kind === "forget") this.#truePeak.forget();
    else this.#isPlaying = command.kind === "play";
    if (command.kind === "play" || (command.kind === "seek" && this.#isPlaying)) this.#forgetLoudness();
    this.#sinceTold = TELL_FRAMES;
    if (this.#isSounding) this.#sinceWish = WISH_FRAMES;
    else this.#ask(); // before it is played, nobody calls `process`
  }

  /** The next frames to be heard; `at` is the context's frame. */
  process(left: Float32Array, right: Float32Array, at: number): void {
    const frames = left.length;
    for (let done = 0; done < frames; ) {
      this.#unroll();
      if (this.#faded === this.#ramp) this.#decide();
      const count = this.#stretch(frames - done);
      this.#render(count, left, right, done);
      done += count;
    }
    this.#measure(left, right);
    this.#sinceWish += frames;
    this.#sinceTold += frames;
    if (this.#sinceWish >= WISH_FRAMES) this.#ask();
    if (this.#sinceTold >= TELL_FRAMES) this.#say(at + frames);
  }

  /** Between two crossfades: what is asked for, and what is due. */
  #decide(): void {
    this.#old = null;
    const before: Head = { ...this.#head };
    let isJump = false;
    if (this.#nextPlan !== null) {
      const passes = this.#passesAt(this.#nextPlan, this.#head);
      this.#head = { ...this.#head, plan: this.#nextPlan, passes };
      this.#lanes = new Float32Array(2 * this.#nextPlan.lanes.length);
      isJump = true;
      this.#nextPlan = null;
    }
    if (this.#nextPosition !== null) {
      this.#head = headAt(this.#head.plan, this.#nextPosition);
      isJump = true;
      this.#nextPosition = null;
    }
    const jump = this.#jump(this.#head);
    if (this.#head.isDue && jump?.isBraces) {
      this.#head = headAt(this.#head.plan, jump.start);
      isJump = true;
    }
    if (this.#isPlaying && this.#head.position >= this.#head.plan.frames) {
      this.#isPlaying = false;
      this.#head.position = this.#head.plan.frames;
      this.#sinceTold = TELL_FRAMES;
    }
    const wasSounding = this.#isSounding;
    this.#isSounding = this.#isPlaying && this.#isReady(wasSounding && !isJump ? this.#ramp + STRETCH_FRAMES : MOST_FRAMES);
    if (!(wasSounding || this.#isSounding) || (wasSounding === this.#isSounding && !isJump)) return;
    this.#old = wasSounding ? before : null;
    this.#faded = 0;
    this.#sinceTold = TELL_FRAMES;
    this.#sinceWish = WISH_FRAMES;
  }

  /** So many frames go in one stretch: to the end of a crossfade, of a loop, of the mix. */
  #stretch(most: number): number {
    let frames = Math.min(most, STRETCH_FRAMES);
    if (this.#faded < this.#ramp) frames = Math.min(frames, this.#ramp - this.#faded);
    if (!this.#isSounding) return frames;
    const { position, plan } = this.#head;
    const jump = this.#jump(this.#head);
    if (jump !== null && jump.end > position) frames = Math.min(frames, jump.end - position);
    if (plan.frames > position) frames = Math.min(frames, plan.frames - position);
    return frames;
  }

  /** The mix' own loop is gone back to without a crossfade, as it is rendered. */
  #unroll(): void {
    const jump = this.#head.isDue ? this.#jump(this.#head) : null;
    if (jump === null || jump.isBraces) return;
    const passes = this.#head.passes - 1;
    this.#head = { ...this.#head, position: jump.start, passes, isDue: false };
  }

  #render(frames: number, left: Float32Array, right: Float32Array, at: number): void {
    const isFading = this.#faded < this.#ramp;
    const head = this.#isSounding ? this.#head : null;
    if (head === null) {
      this.#newLeft.fill(0, 0, frames);
      this.#newRight.fill(0, 0, frames);
    } else {
      this.#renderer.render(head.plan, this.#piece, head.position, frames, this.#newLeft, this.#newRight, this.#lanes);
      const end = this.#jump(head)?.end ?? Infinity;
      head.isDue ||= head.position < end && head.position + frames >= end;
      head.position += frames;
    }
    if (isFading) this.#crossfade(frames);
    left.set(this.#newLeft.subarray(0, frames), at);
    right.set(this.#newRight.subarray(0, frames), at);
  }

  #crossfade(frames: number): void {
    const old = this.#old;
    if (old === null) {
      this.#oldLeft.fill(0, 0, frames);
      this.#oldRight.fill(0, 0, frames);
    } else {
      this.#renderer.render(old.plan, this.#piece, old.position, frames, this.#oldLeft, this.#oldRight);
      old.position += frames;
    }
    for (let i = 0; i < frames; i++) {
      const part = (this.#faded + i) / this.#ramp;
      this.#newLeft[i] = this.#newLeft[i]! * part + this.#oldLeft[i]! * (1 - part);
      this.#newRight[i] = this.#newRight[i]! * part + this.#oldRight[i]! * (1 - part);
    }
    this.#faded += frames;
  }

  readonly #piece = (stem: number, place: number): Piece | undefined => this.#pieces[stem]?.[place];

  readonly #isMissing = (stem: number, place: number): boolean => this.#pieces[stem]?.[place] === undefined;

  #passesAt(plan: Plan, head: Head): number {
    const { loop } = plan;
    const now = head.plan.loop;
    const isSame = loop?.start === now?.start && loop?.end === now?.end && loop?.times === now?.times;
    return isSame ? head.passes : passesFrom(plan, head.position);
  }

  /** Where it goes back next: braces on the ruler stand above the loop that the mix itself has. */
  #jump({ plan, position, passes, isDue }: Head): { start: number; end: number; isBraces: boolean } | null {
    const { loop } = plan;
    if (this.#braces !== null) {
      const start = this.#braces.startFrames;
      const end = Math.min(this.#braces.endFrames, plan.frames);
      return start < end && (position < end || isDue) ? { start, end, isBraces: true } : null;
    }
    return loop !== null && passes > 0 && (position < loop.end || isDue) ? { start: loop.start, end: loop.end, isBraces: false } : null;
  }

  /** Whether everything is there for so many frames from the head on. */
  #isReady(frames: number): boolean {
    const jump = this.#jump(this.#head);
    const { plan, position } = this.#head;
    const isMissing = this.#isMissing;
    const end = jump === null ? position + frames : Math.min(position + frames, jump.end);
    if (somePiece(plan, position, end, true, isMissing)) return false;
    if (jump === null || jump.isBraces) return true;
    return !somePiece(plan, jump.start, jump.start + frames - (end - position), true, isMissing);
  }

  #measure(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i++) {
      const l = Math.abs(left[i]!);
      const r = Math.abs(right[i]!);
      if (l > this.#left) this.#left = l;
      if (r > this.#right) this.#right = r;
    }
    this.#truePeak.add(left, right, left.length);
    if (this.#isSounding) this.#loudness.add(left, right, left.length);
  }

  #say(at: number): void {
    if (this.#steps !== this.#loudness.steps) {
      this.#steps = this.#loudness.steps;
      this.#lufs = { shortTerm: this.#loudness.shortTermLufs, integrated: this.#loudness.integratedLufs };
    }
    this.tell({
      at,
      position: this.#nextPosition ?? this.#head.position,
      isPlaying: this.#isPlaying,
      isSounding: this.#isSounding,
      serial: this.#serial,
      lanes: this.#lanes.slice(),
      left: this.#left,
      right: this.#right,
      shortTermLufs: this.#lufs.shortTerm,
      integratedLufs: this.#lufs.integrated,
      truePeak: this.#truePeak.peak,
      samplePeak: this.#truePeak.samplePeak,
    });
    this.#lanes.fill(0);
    this.#left = this.#right = 0;
    this.#sinceTold = 0;
  }

  #forgetLoudness(): void {
    this.#loudness.reset();
    this.#steps = -1;
  }

  /** Asks for what comes, the soonest first. */
  #ask(): void {
    this.#sinceWish = 0;
    const plan = this.#nextPlan ?? this.#head.plan;
    const position = this.#nextPosition ?? this.#head.position;
    const ahead = this.#aheadFrames(plan);
    const jump = this.#jump({ ...this.#head, plan, position });
    const wanted = new Map<string, { stem: number; place: number; when: number }>();
    const want = (from: number, to: number, later: number): void => {
      somePiece(plan, from, to, false, (stem, place, atFrame) => {
        const key = `${stem} ${place}`;
        const when = later + Math.max(0, atFrame - from);
        if (stem >= 0 && when < (wanted.get(key)?.when ?? Infinity)) wanted.set(key, { stem, place, when });
        return false;
      });
    };
    const until = jump === null ? position + ahead : Math.min(position + ahead, jump.end);
    want(position, until, 0);
    if (jump !== null) want(jump.start, Math.min(jump.start + ahead - (until - position), jump.end), until - position);
    if (this.#isSounding) want(Math.max(0, position - PIECE_FRAMES), position, 2 * ahead);
    this.#drop(wanted, position, plan);
    const soonest = [...wanted.values()].sort((one, other) => one.when - other.when);
    const missing = soonest.filter(({ stem, place }) => this.#isMissing(stem, place));
    const pieces = new Int32Array(2 * missing.length);
    missing.forEach(({ stem, place }, at) => pieces.set([stem, place], 2 * at));
    const urgent = missing.filter(({ when }) => when < PIECE_FRAMES / 2).length;
    this.#wish({ pieces, urgent, spares: this.#spares });
    this.#spares = [];
  }

  #aheadFrames(plan: Plan): number {
    const stems = new Set(plan.lanes.filter((lane) => lane.clips.length > 0).map((lane) => lane.stem));
    let bytes = 0;
    for (const stem of stems) bytes += PIECE_FRAMES * 4 * (this.stems[stem]?.channels ?? 2);
    const pieces = Math.floor(CACHE_BYTES / Math.max(1, bytes)) - 2;
    return PIECE_FRAMES * Math.min(MOST_AHEAD_PIECES, Math.max(LEAST_AHEAD_PIECES, pieces));
  }

  /** What is not near gives way once there is too much. */
  #drop(wanted: ReadonlyMap<string, unknown>, position: number, plan: Plan): void {
    const needed = new Set<string>();
    const old = this.#faded < this.#ramp ? this.#old : null;
    const need = (of: Plan, from: number): boolean =>
      somePiece(of, from, from + 2 * this.#ramp, false, (stem, place) => (needed.add(`${stem} ${place}`), false));
    if (old !== null) need(old.plan, old.position);
    need(plan, position);
    need(this.#head.plan, this.#head.position);
    let bytes = 0;
    const idle: { stem: number; place: number }[] = [];
    this.#pieces.forEach((own, stem) => {
      own.forEach((piece, place) => {
        if (piece === undefined) return;
        bytes += bytesOf(piece);
        if (!wanted.has(`${stem} ${place}`) && !needed.has(`${stem} ${place}`)) idle.push({ stem, place });
      });
    });
    for (const { stem, place } of idle) {
      if (bytes <= CACHE_BYTES) return;
      const piece = this.#pieces[stem]![place]!;
      bytes -= bytesOf(piece);
      delete this.#pieces[stem]![place];
      this.#spares.push(piece.left as Float32Array<ArrayBuffer>);
      if (piece.right !== null) this.#spares.push(piece.right as Float32Array<ArrayBuffer>);
    }
  }
}

function bytesOf({ left, right }: Piece): number {
  return left.byteLength + (right?.byteLength ?? 0);
}

function headAt(plan: Plan, position: number): Head {
  return { plan, position, passes: passesFrom(plan, position), isDue: false };
}

function passesFrom({ loop }: Plan, position: number): number {
  return loop !== null && position < loop.end ? loop.times - 1 : 0;
}
