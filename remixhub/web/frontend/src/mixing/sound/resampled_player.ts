// For browsers that do not give a context the mix' own rate: a windowed sinc between the player and the loudspeaker.
import type { MixPlayer } from "./mix_player";

const HALF_TAPS = 16;
const PHASES = 512;
const BLOCK_FRAMES = 128;

export class ResampledPlayer {
  readonly #step: number;
  /** One row a phase, and one more, to go between two rows. */
  readonly #taps: Float64Array;
  #left = new Float32Array(2 * HALF_TAPS);
  #right = new Float32Array(2 * HALF_TAPS);
  readonly #blockLeft = new Float32Array(BLOCK_FRAMES);
  readonly #blockRight = new Float32Array(BLOCK_FRAMES);
  /** Where in what is held the next frame lies. */
  #at = HALF_TAPS;

  constructor(
    private readonly player: MixPlayer,
    fromHz: number,
    toHz: number,
  ) {
    this.#step = fromHz / toHz;
    this.#taps = tapsFor(Math.min(1, toHz / fromHz));
  }

  process(left: Float32Array, right: Float32Array, at: number): void {
    const last = this.#at + (left.length - 1) * this.#step;
    while (last + HALF_TAPS + 1 >= this.#left.length) this.#extend(at);
    for (let i = 0; i < left.length; i++) {
      const position = this.#at + i * this.#step;
      const whole = Math.floor(position);
      const phase = (position - whole) * PHASES;
      const row = Math.floor(phase) * 2 * HALF_TAPS;
      const part = phase - Math.floor(phase);
      let l = 0;
      let r = 0;
      for (let tap = 0; tap < 2 * HALF_TAPS; tap++) {
        const one = this.#taps[row + tap]!;
        const weight = one + part * (this.#taps[row + 2 * HALF_TAPS + tap]! - one);
        l += weight * this.#left[whole - HALF_TAPS + 1 + tap]!;
        r += weight * this.#right[whole - HALF_TAPS + 1 + tap]!;
      }
      left[i] = l;
      right[i] = r;
    }
    this.#at += left.length * this.#step;
    const used = Math.floor(this.#at) - HALF_TAPS;
    this.#left = this.#left.slice(used);
    this.#right = this.#right.slice(used);
    this.#at -= used;
  }

  #extend(at: number): void {
    this.player.process(this.#blockLeft, this.#blockRight, at);
    this.#left = joined(this.#left, this.#blockLeft);
    this.#right = joined(this.#right, this.#blockRight);
  }
}

/** A Blackman-windowed sinc that lets through what both rates have. */
function tapsFor(cutoff: number): Float64Array {
  const taps = new Float64Array((PHASES + 1) * 2 * HALF_TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    const row = phase * 2 * HALF_TAPS;
    let sum = 0;
    for (let tap = 0; tap < 2 * HALF_TAPS; tap++) {
      const x = tap - HALF_TAPS + 1 - phase / PHASES;
      const angle = (Math.PI * (x + HALF_TAPS)) / HALF_TAPS;
      const window = Math.abs(x) >= HALF_TAPS ? 0 : 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
      const y = Math.PI * x * cutoff;
      taps[row + tap] = (y === 0 ? 1 : Math.sin(y) / y) * window;
      sum += taps[row + tap]!;
    }
    for (let tap = 0; tap < 2 * HALF_TAPS; tap++) taps[row + tap]! /= sum;
  }
  return taps;
}

function joined(before: Float32Array, after: Float32Array): Float32Array<ArrayBuffer> {
  const all = new Float32Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}
