// A whole mix rendered from its stems, block by block: what the server would measure of it, and what the tests compare.
import type { LoudnessTarget, Mix } from "../document/mix";
import type { Loader } from "./chunks";
import { LoudnessMeter } from "./loudness";
import { type Plan, planMix, type StemShape } from "./plan";
import { type Piece, PIECE_FRAMES, Renderer, somePiece } from "./render";
import type { Loudness } from "./sound";
import { TruePeakMeter } from "./true_peak";

const BLOCK_FRAMES = PIECE_FRAMES;
const AHEAD_BLOCKS = 2;

export type Take = (left: Float32Array, right: Float32Array, frames: number) => void;

/** Levels before the loudness gain, null for silence or where there is no loudness; and that gain. */
export async function loudnessOf(mix: Mix, stems: readonly StemShape[], loader: Loader, take?: Take): Promise<Loudness> {
  const loudness = new LoudnessMeter(mix.sample_rate_hz);
  const truePeak = new TruePeakMeter(mix.sample_rate_hz);
  await renderWhole(planMix(mix, stems), loader, (left, right, frames) => {
    loudness.add(left, right, frames);
    truePeak.add(left, right, frames);
    take?.(left, right, frames);
  });
  truePeak.finish();
  const integratedLufs = Number.isFinite(loudness.integratedLufs) ? loudness.integratedLufs : null;
  const truePeakDbtp = truePeak.peak > 0 ? 20 * Math.log10(truePeak.peak) : null;
  return { integratedLufs, truePeakDbtp, gainDb: loudnessGainDb(mix.loudness, integratedLufs, truePeakDbtp) };
}

export function loudnessGainDb(wanted: LoudnessTarget | null, lufs: number | null, peakDbtp: number | null): number {
  if (wanted === null || peakDbtp === null) return 0;
  return Math.min(lufs === null ? 0 : wanted.target_lufs - lufs, wanted.ceiling_dbtp - peakDbtp);
}

/** With the loop unrolled, without the loudness gain. The blocks are only good until `take` returns. */
export async function renderWhole(plan: Plan, loader: Loader, take: Take): Promise<void> {
  const renderer = new Renderer(BLOCK_FRAMES);
  const [left, right] = [new Float32Array(BLOCK_FRAMES), new Float32Array(BLOCK_FRAMES)];
  const spans = spansOf(plan);
  const held = new Map<string, Promise<Piece>>();
  let spares: Float32Array<ArrayBuffer>[] = [];
  const spare = (): Float32Array<ArrayBuffer> => spares.pop() ?? new Float32Array(PIECE_FRAMES);
  for (let at = 0; at < spans.length; at++) {
    const needed = new Set<string>();
    for (const span of spans.slice(at, at + 1 + AHEAD_BLOCKS)) {
      somePiece(plan, span.from, span.from + span.frames, true, (stem, place) => {
        const key = `${stem} ${place}`;
        needed.add(key);
        if (!held.has(key)) held.set(key, loader.piece(stem, place, false, spare));
        return false;
      });
    }
    for (const [key, coming] of held) {
      if (needed.has(key)) continue;
      held.delete(key);
      void coming.then(({ left, right }) => spares.push(...([left, right ?? []].flat() as Float32Array<ArrayBuffer>[])));
    }
    const there = new Map<string, Piece>();
    const now = spans[at]!;
    const keys: string[] = [];
    somePiece(plan, now.from, now.from + now.frames, true, (stem, place) => (keys.push(`${stem} ${place}`), false));
    for (const key of keys) there.set(key, await held.get(key)!);
    const { from, frames } = now;
    renderer.render(plan, (stem, place) => there.get(`${stem} ${place}`), from, frames, left, right);
    take(left, right, frames);
    spares = spares.slice(0, 64);
  }
}

/** Blocks of the unrolled mix, none of them over the end of a loop. */
function spansOf(plan: Plan): { from: number; frames: number }[] {
  const { loop, frames } = plan;
  const runs: [number, number][] =
    loop === null
      ? [[0, frames]]
      : [[0, loop.end], ...Array.from({ length: loop.times - 1 }, (): [number, number] => [loop.start, loop.end]), [loop.end, frames]];
  return runs.flatMap(([start, end]) => {
    const count = Math.ceil((end - start) / BLOCK_FRAMES);
    return Array.from({ length: count }, (_, n) => {
      const from = start + n * BLOCK_FRAMES;
      return { from, frames: Math.min(BLOCK_FRAMES, end - from) };
    });
  });
}
