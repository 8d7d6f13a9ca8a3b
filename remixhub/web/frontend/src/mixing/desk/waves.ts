// Peaks at every zoom, and the picture of a lane's clips made of them.
import { fetchPeaks, type Peaks } from "../../playback/peaks";
import type { Clip } from "../document/mix";

const BAR = 2;
const PITCH = 3;
const STEP = 4;
const LARGEST_ZOOM = 2.5; // quiet stems are drawn larger, yet still smaller than loud ones

interface Level {
  readonly minima: Float32Array;
  readonly maxima: Float32Array;
  readonly framesPerColumn: number;
}

/** The peaks of a stem in frames of the mix, at several zooms: far away, few columns are looked at. */
export class Wave {
  readonly #levels: Level[] = [];
  readonly reach: number;

  constructor(peaks: Peaks, rateHz: number) {
    this.reach = Math.min(LARGEST_ZOOM, 0.96 / Math.max(peaks.loudest, 0.01));
    let level: Level = {
      minima: peaks.minima,
      maxima: peaks.maxima,
      framesPerColumn: (peaks.framesPerColumn * rateHz) / peaks.sampleRateHz,
    };
    this.#levels.push(level);
    while (level.maxima.length > 512) {
      level = coarser(level);
      this.#levels.push(level);
    }
  }

  /** The lowest and the highest sample from one frame of the stem up to another. */
  between(from: number, to: number): [number, number] {
    let level = this.#levels[0]!;
    for (const one of this.#levels) if (one.framesPerColumn <= (to - from) / 2) level = one;
    const first = Math.max(0, Math.floor(from / level.framesPerColumn));
    const last = Math.min(level.maxima.length, Math.max(first + 1, Math.ceil(to / level.framesPerColumn)));
    let [low, high] = [0, 0];
    for (let i = first; i < last; i++) {
      low = Math.min(low, level.minima[i] ?? 0);
      high = Math.max(high, level.maxima[i] ?? 0);
    }
    return [low, high];
  }
}

function coarser(level: Level): Level {
  const columns = Math.ceil(level.maxima.length / STEP);
  const [minima, maxima] = [new Float32Array(columns), new Float32Array(columns)];
  for (let column = 0; column < columns; column++) {
    const [from, to] = [column * STEP, Math.min((column + 1) * STEP, level.maxima.length)];
    for (let i = from; i < to; i++) {
      minima[column] = Math.min(minima[column]!, level.minima[i]!);
      maxima[column] = Math.max(maxima[column]!, level.maxima[i]!);
    }
  }
  return { minima, maxima, framesPerColumn: level.framesPerColumn * STEP };
}

export async function fetchWave(address: string, rateHz: number): Promise<Wave | null> {
  try {
    return new Wave(await fetchPeaks(address), rateHz);
  } catch (fault) {
    console.warn("no waveform", address, fault); // the lane works without
    return null;
  }
}

/** How loud a clip's fades leave its frame n of L. */
export function fadeAt(clip: Clip, n: number, length: number): number {
  const up = clip.fade_in_frames > 0 ? Math.min(1, n / clip.fade_in_frames) : 1;
  const down = clip.fade_out_frames > 0 ? Math.min(1, (length - n) / clip.fade_out_frames) : 1;
  return Math.max(0, up) * Math.max(0, down);
}

/** One clip, as far as it lies in the tile that begins at `fromPixel`. */
export function drawClip(
  context: CanvasRenderingContext2D,
  clip: Clip,
  length: number,
  wave: Wave | null,
  framesPerPixel: number,
  fromPixel: number,
  width: number,
  height: number,
): void {
  const start = clip.offset_frames / framesPerPixel - fromPixel;
  const end = start + length / framesPerPixel;
  const middle = height / 2;
  const reach = middle * (wave?.reach ?? 0);
  const first = Math.max(0, Math.ceil(start / PITCH) * PITCH);
  for (let x = first; x < Math.min(width, end); x += PITCH) {
    const from = (x + fromPixel) * framesPerPixel - clip.offset_frames;
    const fade = fadeAt(clip, from + (PITCH * framesPerPixel) / 2, length);
    const at = from + clip.trim_start_frames;
    const [low, high] = wave?.between(at, Math.min(at + PITCH * framesPerPixel, clip.trim_start_frames + length)) ?? [0, 0];
    const top = middle - Math.max(high * reach * fade, 0.5);
    const bottom = middle - Math.min(low * reach * fade, -0.5);
    context.fillRect(x, top, BAR, bottom - top);
  }
  drawFades(context, clip, start, end, framesPerPixel, height);
}

function drawFades(context: CanvasRenderingContext2D, clip: Clip, start: number, end: number, framesPerPixel: number, height: number): void {
  context.beginPath();
  if (clip.fade_in_frames > 0) {
    context.moveTo(start, height);
    context.lineTo(start + clip.fade_in_frames / framesPerPixel, 1);
  }
  if (clip.fade_out_frames > 0) {
    context.moveTo(end - clip.fade_out_frames / framesPerPixel, 1);
    context.lineTo(end, height);
  }
  context.stroke();
}
