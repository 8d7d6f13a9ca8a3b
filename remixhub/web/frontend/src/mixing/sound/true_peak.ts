// True peak after ITU-R BS.1770-4 annex 2, by the server's filter: the highest value also between the samples. Only where
// the samples could reach beyond the highest value so far is anything interpolated.
const TAPS = 20;
const KAISER_BETA = 5;
const CELL_FRAMES = 64;

export class TruePeakMeter {
  readonly #phases: readonly Float64Array[];
  /** An interpolated value is at most so many times as high as the highest sample around it. */
  readonly #bound: number;
  /** Of both channels: what came before, then what is looked at. */
  readonly #samples = [new Float32Array(TAPS - 1 + CELL_FRAMES), new Float32Array(TAPS - 1 + CELL_FRAMES)];
  #best = 0;
  #sampleBest = 0;

  constructor(rateHz: number) {
    this.#phases = phases(rateHz < 88_200 ? 4 : 2);
    this.#bound = Math.max(...this.#phases.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
  }

  add(left: Float32Array, right: Float32Array, frames: number): void {
    for (let at = 0; at < frames; at += CELL_FRAMES) {
      const count = Math.min(CELL_FRAMES, frames - at);
      this.#addTo(this.#samples[0]!, left, at, count);
      this.#addTo(this.#samples[1]!, right, at, count);
    }
  }

  /** Linear, without what the filter would still ring after the last sample. */
  get peak(): number {
    return this.#best;
  }

  /** The highest sample. */
  get samplePeak(): number {
    return this.#sampleBest;
  }

  /** At the end of a sound: with what the filter still rings. */
  finish(): void {
    const silence = new Float32Array(CELL_FRAMES);
    this.add(silence, silence, CELL_FRAMES);
  }

  forget(): void {
    this.#best = this.#sampleBest = 0;
  }

  #addTo(samples: Float32Array, from: Float32Array, at: number, count: number): void {
    let highest = 0;
    for (let i = 0; i < TAPS - 1; i++) highest = Math.max(highest, Math.abs(samples[i]!));
    let own = 0;
    for (let i = 0; i < count; i++) {
      const sample = from[at + i]!;
      samples[TAPS - 1 + i] = sample;
      const size = Math.abs(sample);
      if (size > own) own = size;
    }
    if (own > this.#sampleBest) this.#sampleBest = own;
    if (own > this.#best) this.#best = own;
    if (Math.max(highest, own) * this.#bound > this.#best) this.#search(samples, count);
    samples.copyWithin(0, count, count + TAPS - 1);
  }

  #search(samples: Float32Array, count: number): void {
    for (const taps of this.#phases) {
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap++) sum += taps[tap]! * samples[i + tap]!;
        const size = Math.abs(sum);
        if (size > this.#best) this.#best = size;
      }
    }
  }
}

/** Windowed-sinc interpolation: one list of taps for each value between two samples. */
function phases(factor: number): Float64Array[] {
  return Array.from({ length: factor - 1 }, (_, phase) => {
    const taps = Float64Array.from({ length: TAPS }, (_, tap) => {
      const distance = tap - (TAPS / 2 - 1) - (phase + 1) / factor;
      const inside = Math.max(0, 1 - (distance / (TAPS / 2)) ** 2);
      return (Math.sin(Math.PI * distance) / (Math.PI * distance)) * (bessel(KAISER_BETA * Math.sqrt(inside)) / bessel(KAISER_BETA));
    });
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return taps.map((tap) => tap / sum);
  });
}

/** Of the first kind, modified, of order zero. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
