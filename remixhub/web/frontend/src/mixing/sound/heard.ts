// Which frame of the mix is heard now, by what the player told last: told frames reach the ears a little later.
import type { Braces, Told } from "./mix_player";

export class Heard {
  #told: Told | null = null;
  /** Where somebody put the playhead last, by which command, and when that began to sound. */
  #target = 0;
  #serial = 0;
  #freshAt = Infinity;
  braces: Braces | null = null;

  constructor(private readonly rateHz: number) {}

  moved(frame: number, serial: number): void {
    this.#target = frame;
    this.#serial = serial;
    this.#freshAt = Infinity;
  }

  told(told: Told): void {
    this.#told = told;
    if (told.serial < this.#serial) return;
    if (!told.isSounding) this.#target = told.position;
    else if (this.#freshAt === Infinity) this.#freshAt = told.at;
  }

  /** `at` is the context's frame that is heard now. */
  position(at: number, contextHz: number, mixFrames: number): number {
    const told = this.#told;
    if (told === null || told.serial < this.#serial || !told.isSounding) return this.#target;
    const since = ((at - told.at) * this.rateHz) / contextHz;
    let position = told.position + since;
    if (at < this.#freshAt) return Math.max(position, this.#target);
    const { startFrames, endFrames } = this.braces ?? { startFrames: 0, endFrames: Infinity };
    const isRound = told.position >= startFrames && told.position <= endFrames;
    if (isRound && position < startFrames) position += endFrames - startFrames;
    if (isRound && position >= endFrames) position -= endFrames - startFrames;
    return Math.min(Math.max(0, position), mixFrames);
  }
}
