// The formulas of docs/mix-spec.md as plain arithmetic: one module for what is heard, what is measured and the tests.
// Samples are 32-bit, gains 64-bit floats. Whatever is read must be there: `missing` asks before.
import { following, levelOver, trace } from "./curves";
import type { Plan, PlannedClip, PlannedLane, Strip } from "./plan";

/** Consecutive frames of a stem; `right` is null where it is mono. */
export interface Piece {
  readonly start: number;
  readonly left: Float32Array;
  readonly right: Float32Array | null;
}

/** Frames in a piece of a stem; pieces begin at its multiples. */
export const PIECE_FRAMES = 32_768;

export type Pieces = (stem: number, place: number) => Piece | undefined;

export class Renderer {
  readonly #leftToLeft: Float64Array;
  readonly #leftToRight: Float64Array;
  readonly #rightToLeft: Float64Array;
  readonly #rightToRight: Float64Array;
  readonly #gains: Float64Array;
  readonly #pans: Float64Array;
  readonly #laneLeft: Float32Array;
  readonly #laneRight: Float32Array;
  /** Of the lane that is added. */
  #peakLeft = 0;
  #peakRight = 0;

  constructor(private readonly mostFrames: number) {
    const doubles = (): Float64Array => new Float64Array(mostFrames);
    [this.#leftToLeft, this.#leftToRight, this.#rightToLeft, this.#rightToRight] = [doubles(), doubles(), doubles(), doubles()];
    [this.#gains, this.#pans] = [doubles(), doubles()];
    [this.#laneLeft, this.#laneRight] = [new Float32Array(mostFrames), new Float32Array(mostFrames)];
  }

  /**
   * Writes frames `from` … `from + frames` of the mix, before its loop is unrolled and before the loudness gain, to the
   * front of `left` and `right`. `peaks` (two a lane) rise to what the lanes reach.
   */
  render(plan: Plan, pieces: Pieces, from: number, frames: number, left: Float32Array, right: Float32Array, peaks?: Float32Array): void {
    if (frames > this.mostFrames) throw new RangeError(`${frames} frames at once`);
    left.fill(0, 0, frames);
    right.fill(0, 0, frames);
    for (let lane = 0; lane < plan.lanes.length; lane++) {
      const planned = plan.lanes[lane]!;
      if (planned.isHeard) this.#addLane(planned, plan.rateHz, pieces, from, frames, left, right, peaks, 2 * lane);
    }
    this.#applyMaster(plan, from, frames, left, right);
  }

  #addLane(
    lane: PlannedLane, rateHz: number, pieces: Pieces, from: number, frames: number,
    left: Float32Array, right: Float32Array, peaks: Float32Array | undefined, slot: number,
  ): void {
    let sounding = 0;
    for (const clip of lane.clips) if (clip.start < from + frames && clip.end > from) sounding += 1;
    if (sounding === 0) return;
    const step = this.#coefficients(lane, lane.channels, rateHz, from, frames);
    this.#peakLeft = this.#peakRight = 0;
    const overlaps = peaks !== undefined && sounding > 1;
    if (overlaps) {
      this.#laneLeft.fill(0, 0, frames);
      this.#laneRight.fill(0, 0, frames);
    }
    for (const clip of lane.clips) {
      const start = Math.max(from, clip.start);
      const end = Math.min(from + frames, clip.end);
      if (start >= end) continue;
      this.#addClip(lane, clip, step, pieces, from, start, end, left, right);
      if (overlaps) this.#addClip(lane, clip, step, pieces, from, start, end, this.#laneLeft, this.#laneRight);
    }
    if (peaks === undefined) return;
    peaks[slot] = Math.max(peaks[slot]!, overlaps ? peakOf(this.#laneLeft, frames) : this.#peakLeft);
    peaks[slot + 1] = Math.max(peaks[slot + 1]!, overlaps ? peakOf(this.#laneRight, frames) : this.#peakRight);
  }

  #addClip(
    lane: PlannedLane, clip: PlannedClip, step: number, pieces: Pieces, from: number, start: number, end: number,
    left: Float32Array, right: Float32Array,
  ): void {
    for (let m = start; m < end; ) {
      const frame = clip.first + m - clip.start;
      const place = Math.floor(frame / PIECE_FRAMES);
      const stop = Math.min(end, m + (place + 1) * PIECE_FRAMES - frame);
      const piece = pieces(lane.stem, place);
      if (piece !== undefined) {
        const last = Math.min(stop, m + piece.left.length - (frame - piece.start));
        this.#addRun(lane, clip, step, piece, from, m, last, left, right);
      }
      m = stop;
    }
  }

  /** From one piece: frames m … stop of the mix. */
  #addRun(
    lane: PlannedLane, clip: PlannedClip, step: number, piece: Piece, from: number, m: number, stop: number,
    left: Float32Array, right: Float32Array,
  ): void {
    const ll = this.#leftToLeft;
    const lr = this.#leftToRight;
    const rl = this.#rightToLeft;
    const rr = this.#rightToRight;
    const inLeft = piece.left;
    const inRight = piece.right ?? piece.left;
    const isMono = lane.channels === 1;
    const isFading = m - clip.start < clip.fadeIn || clip.end - (stop - 1) < clip.fadeOut;
    let at = clip.first + m - clip.start - piece.start;
    let i = m - from;
    let c = i * step;
    let peakLeft = this.#peakLeft;
    let peakRight = this.#peakRight;
    for (; m < stop; m++, at++, i++, c += step) {
      let l = inLeft[at]!;
      let r = isMono ? 0 : inRight[at]!;
      if (isFading) {
        const n = m - clip.start;
        const rest = clip.end - m;
        let fade = 1;
        if (n < clip.fadeIn) fade *= n / clip.fadeIn;
        if (rest <= clip.fadeOut) fade *= rest / clip.fadeOut;
        l *= fade;
        r *= fade;
      }
      const addedLeft = l * ll[c]! + r * rl[c]!;
      const addedRight = l * lr[c]! + r * rr[c]!;
      left[i] = left[i]! + addedLeft;
      right[i] = right[i]! + addedRight;
      const sizeLeft = Math.abs(addedLeft);
      const sizeRight = Math.abs(addedRight);
      if (sizeLeft > peakLeft) peakLeft = sizeLeft;
      if (sizeRight > peakRight) peakRight = sizeRight;
    }
    this.#peakLeft = peakLeft;
    this.#peakRight = peakRight;
  }

  #applyMaster(plan: Plan, from: number, frames: number, left: Float32Array, right: Float32Array): void {
    const step = this.#coefficients(plan.master, 2, plan.rateHz, from, frames);
    const ll = this.#leftToLeft;
    const lr = this.#leftToRight;
    const rl = this.#rightToLeft;
    const rr = this.#rightToRight;
    if (step === 0 && ll[0] === 1 && rr[0] === 1 && lr[0] === 0 && rl[0] === 0) return;
    for (let i = 0, c = 0; i < frames; i++, c += step) {
      const l = left[i]!;
      const r = right[i]!;
      left[i] = l * ll[c]! + r * rl[c]!;
      right[i] = l * lr[c]! + r * rr[c]!;
    }
  }

  /** Gain, mute ranges and pan for each of the frames; answers 0 where the first stands for all of them, else 1. */
  #coefficients(strip: Strip, channels: 1 | 2, rateHz: number, from: number, frames: number): 0 | 1 {
    const gainDb = levelOver(strip.gainCurve, from, frames);
    const pan = levelOver(strip.panCurve, from, frames);
    const isMuting = touchesMute(strip, from, frames);
    const isSteady = !Number.isNaN(gainDb) && !Number.isNaN(pan) && !isMuting;
    const count = isSteady ? 1 : frames;
    trace(strip.gainCurve, strip.gainDb, from, count, this.#gains);
    for (let i = 0; i < count; i++) {
      // a steady gain is worked out once
      this.#gains[i] = i > 0 && !Number.isNaN(gainDb) ? this.#gains[0]! : 10 ** (this.#gains[i]! / 20);
    }
    if (isMuting) muteOver(strip, Math.floor(rateHz / 100), from, frames, this.#gains);
    trace(strip.panCurve, strip.pan, from, count, this.#pans);
    let turned = NaN;
    let near = 0;
    let far = 0;
    for (let i = 0; i < count; i++) {
      const p = Math.min(1, Math.max(-1, this.#pans[i]!));
      const g = this.#gains[i]!;
      if (p !== turned) {
        const x = channels === 1 ? (p + 1) / 2 : p <= 0 ? p + 1 : p;
        near = Math.cos((x * Math.PI) / 2);
        far = Math.sin((x * Math.PI) / 2);
        turned = p;
      }
      if (channels === 1) this.#put(i, g * near, g * far, 0, 0);
      else if (p === 0) this.#put(i, g, 0, 0, g);
      else if (p < 0) this.#put(i, g, 0, g * near, g * far);
      else this.#put(i, g * near, g * far, 0, g);
    }
    return isSteady ? 0 : 1;
  }

  #put(i: number, leftToLeft: number, leftToRight: number, rightToLeft: number, rightToRight: number): void {
    this.#leftToLeft[i] = leftToLeft;
    this.#leftToRight[i] = leftToRight;
    this.#rightToLeft[i] = rightToLeft;
    this.#rightToRight[i] = rightToRight;
  }
}

/** Asks `visit` for each piece that the frames `from` … `to` of the mix need, until it answers true; answers whether it did. */
export function somePiece(
  plan: Plan, from: number, to: number, isHeardOnly: boolean, visit: (stem: number, place: number, atFrame: number) => boolean,
): boolean {
  for (const lane of plan.lanes) {
    if (isHeardOnly && !lane.isHeard) continue;
    for (const clip of lane.clips) {
      const start = Math.max(from, clip.start);
      const end = Math.min(to, clip.end);
      if (start >= end) continue;
      const shift = clip.first - clip.start;
      const last = Math.floor((end - 1 + shift) / PIECE_FRAMES);
      for (let place = Math.floor((start + shift) / PIECE_FRAMES); place <= last; place++) {
        if (visit(lane.stem, place, Math.max(start, place * PIECE_FRAMES - shift))) return true;
      }
    }
  }
  return false;
}

function touchesMute({ muteStarts, muteEnds }: Strip, from: number, frames: number): boolean {
  if (muteStarts.length === 0) return false;
  const next = following(muteEnds, from); // the first that ends behind `from`
  return next < muteStarts.length && muteStarts[next]! < from + frames;
}

/** Ten milliseconds down and up inside each range, silence between. */
function muteOver({ muteStarts, muteEnds }: Strip, ramp: number, from: number, frames: number, gains: Float64Array): void {
  for (let range = following(muteEnds, from); range < muteStarts.length; range++) {
    const start = muteStarts[range]!;
    const end = muteEnds[range]!;
    if (start >= from + frames) return;
    for (let m = Math.max(start, from); m < Math.min(end, from + frames); m++) {
      gains[m - from]! *= Math.max(0, 1 - (m - start) / ramp, 1 - (end - m) / ramp);
    }
  }
}

export function peakOf(samples: Float32Array, frames: number): number {
  let peak = 0;
  for (let i = 0; i < frames; i++) {
    const size = Math.abs(samples[i]!);
    if (size > peak) peak = size;
  }
  return peak;
}
