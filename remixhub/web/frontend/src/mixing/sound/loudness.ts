// Loudness after ITU-R BS.1770-4, as the server measures it: K-weighting from the rate, steps of 100 ms, two gates.

const STEPS_OF_BLOCK = 4; // gating blocks of 400 ms overlap by three quarters
const STEPS_OF_SHORT_TERM = 30;
const ABSOLUTE_GATE = 10 ** ((-70 + 0.691) / 10);
const RELATIVE_GATE = 0.1; // −10 LU

/** H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²) */
interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** The analogue filters behind the standard's tables for 48 kHz, taken to any rate by the bilinear transform. */
function weighting(rateHz: number): readonly [Biquad, Biquad] {
  let k = Math.tan((Math.PI * 1681.974450955533) / rateHz);
  let q = 0.7071752369554196;
  const gain = 10 ** (3.999843853973347 / 20);
  const middle = gain ** 0.4996667741545416;
  let norm = 1 + k / q + k * k;
  const shelf = {
    b0: (gain + (middle * k) / q + k * k) / norm,
    b1: (2 * (k * k - gain)) / norm,
    b2: (gain - (middle * k) / q + k * k) / norm,
    a1: (2 * (k * k - 1)) / norm,
    a2: (1 - k / q + k * k) / norm,
  };
  k = Math.tan((Math.PI * 38.13547087602444) / rateHz);
  q = 0.5003270373238773;
  norm = 1 + k / q + k * k;
  return [shelf, { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / norm, a2: (1 - k / q + k * k) / norm }];
}

export class LoudnessMeter {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  readonly #stepFrames: number;
  /** Four values a channel. */
  readonly #state = new Float64Array(8);
  #steps = new Float64Array(1024);
  #count = 0;
  #energy = 0;
  #filled = 0;

  constructor(rateHz: number) {
    [this.#shelf, this.#highPass] = weighting(rateHz);
    this.#stepFrames = stepFrames(rateHz);
  }

  add(left: Float32Array, right: Float32Array, frames: number): void {
    for (let at = 0; at < frames; ) {
      const stop = Math.min(frames, at + this.#stepFrames - this.#filled);
      this.#energy += this.#weigh(left, at, stop, 0) + this.#weigh(right, at, stop, 4);
      this.#filled += stop - at;
      at = stop;
      if (this.#filled === this.#stepFrames) this.#closeStep();
    }
  }

  /** −Infinity for silence, and below 0.4 s. */
  get integratedLufs(): number {
    const { mean, count } = this.#above(ABSOLUTE_GATE);
    if (count === 0) return -Infinity;
    return lufs(this.#above(Math.max(ABSOLUTE_GATE, mean * RELATIVE_GATE)).mean);
  }

  /** Of the last three seconds, of what there is before. */
  get shortTermLufs(): number {
    const steps = Math.min(this.#count, STEPS_OF_SHORT_TERM);
    return steps < STEPS_OF_BLOCK ? -Infinity : lufs(this.#mean(this.#count, steps));
  }

  /** How many steps of 100 ms were closed: the figures change with them. */
  get steps(): number {
    return this.#count;
  }

  reset(): void {
    this.#state.fill(0);
    this.#count = this.#energy = this.#filled = 0;
  }

  #closeStep(): void {
    if (this.#count === this.#steps.length) {
      const longer = new Float64Array(2 * this.#steps.length);
      longer.set(this.#steps);
      this.#steps = longer;
    }
    this.#steps[this.#count++] = this.#energy / this.#stepFrames;
    this.#energy = this.#filled = 0;
  }

  /** Of the gating blocks above that energy. */
  #above(energy: number): { mean: number; count: number } {
    let total = 0;
    let count = 0;
    for (let end = STEPS_OF_BLOCK; end <= this.#count; end++) {
      const mean = this.#mean(end, STEPS_OF_BLOCK);
      if (mean <= energy) continue;
      total += mean;
      count += 1;
    }
    return { mean: total / count, count };
  }

  #mean(end: number, steps: number): number {
    let sum = 0;
    for (let at = end - steps; at < end; at++) sum += this.#steps[at]!;
    return sum / steps;
  }

  #weigh(samples: Float32Array, start: number, stop: number, slot: number): number {
    const { b0, b1, b2, a1, a2 } = this.#shelf;
    const high = this.#highPass;
    const state = this.#state;
    let s0 = state[slot]!;
    let s1 = state[slot + 1]!;
    let s2 = state[slot + 2]!;
    let s3 = state[slot + 3]!;
    let energy = 0;
    for (let i = start; i < stop; i++) {
      const x = samples[i]!;
      const shelved = b0 * x + s0;
      s0 = b1 * x - a1 * shelved + s1;
      s1 = b2 * x - a2 * shelved;
      const y = shelved + s2;
      s2 = -2 * shelved - high.a1 * y + s3;
      s3 = shelved - high.a2 * y;
      energy += y * y;
    }
    // what is too small to be heard would be slow to work with
    state[slot] = Math.abs(s0) < 1e-30 ? 0 : s0;
    state[slot + 1] = Math.abs(s1) < 1e-30 ? 0 : s1;
    state[slot + 2] = Math.abs(s2) < 1e-30 ? 0 : s2;
    state[slot + 3] = Math.abs(s3) < 1e-30 ? 0 : s3;
    return energy;
  }
}

/** Of 100 ms: where these are no whole number of frames with a divisor between 32 and 64, the server's neighbour of it. */
function stepFrames(rateHz: number): number {
  const nearest = Math.round(rateHz / 10);
  for (let cell = 64; cell > 31; cell--) if (nearest % cell === 0) return nearest;
  return Math.round(nearest / 64) * 64;
}

function lufs(energy: number): number {
  return energy > 0 ? -0.691 + 10 * Math.log10(energy) : -Infinity;
}
