// What the desk needs of whatever plays the mix (engine.ts). Decibels are -Infinity for silence.
import type { Mix } from "../document/mix";

export interface Levels {
  /** By place among the mix' lanes: peaks of the last moment. */
  readonly lanes: readonly { readonly left: number; readonly right: number }[];
  readonly left: number;
  readonly right: number;
  readonly shortTermLufs: number;
  /** Since it was begun, or sought. */
  readonly integratedLufs: number;
  /** The greatest since `forgetPeaks`. */
  readonly truePeakDbtp: number;
  /** A sample exceeded full scale since `forgetPeaks`. */
  readonly isClipped: boolean;
}

/** Of the whole mix, as the server will find it. */
export interface Loudness {
  readonly integratedLufs: number | null;
  readonly truePeakDbtp: number | null;
  readonly gainDb: number;
}

export interface Reference {
  readonly address: string;
  readonly lufs: number | null;
}

/** Fires `change` when playing, waiting, trouble or note are others. */
export interface Sound extends EventTarget {
  setMix(mix: Mix): void;
  play(): Promise<void>;
  pause(): void;
  seek(frame: number): void;
  setLoop(loop: { startFrames: number; endFrames: number } | null): void;
  readonly isPlaying: boolean;
  readonly isWaiting: boolean;
  /** Frame of the mix that is heard now, before a loop is unrolled. */
  readonly position: number;
  /** In words for people, "" when there is none. */
  readonly trouble: string;
  readonly note: string;
  readonly levels: Levels;
  forgetPeaks(): void;
  measure(signal: AbortSignal): Promise<Loudness>;
  /** The reference instead of the mix, at matched loudness; null goes back. */
  compare(reference: Reference | null): void;
  close(): Promise<void>;
}
