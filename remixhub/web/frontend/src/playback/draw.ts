// Draws peaks as straight bars, once: what moves while it plays is an element above (wave_view.ts), never the drawing.
import type { Peaks } from "./peaks";

const BAR = 2;
const GAP = 1;
const LARGEST_ZOOM = 2.5; // quiet stems are drawn larger, yet still smaller than loud ones

/** `spanSeconds` is the width of the view: stems of different lengths share one time scale. */
export function drawWave(canvas: HTMLCanvasElement, peaks: Peaks, spanSeconds: number): void {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const context = canvas.getContext("2d");
  if (width === 0 || height === 0 || context === null) return;
  canvas.width = Math.round(width * ratio); // clears it
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = getComputedStyle(canvas).color;
  const columnsPerPixel = (spanSeconds * peaks.sampleRateHz) / peaks.framesPerColumn / width;
  const middle = height / 2;
  const reach = middle * Math.min(LARGEST_ZOOM, 0.96 / Math.max(peaks.loudest, 0.01));
  for (let x = 0; x < width; x += BAR + GAP) {
    const from = Math.floor(x * columnsPerPixel);
    if (from >= peaks.maxima.length) break;
    const to = Math.max(from + 1, Math.floor((x + BAR + GAP) * columnsPerPixel));
    const [low, high] = extremes(peaks, from, to);
    const top = middle - Math.max(high * reach, 0.5);
    const bottom = middle - Math.min(low * reach, -0.5);
    context.fillRect(x, top, BAR, bottom - top);
  }
}

function extremes(peaks: Peaks, from: number, to: number): [number, number] {
  let low = 0;
  let high = 0;
  for (let i = from; i < Math.min(to, peaks.maxima.length); i++) {
    low = Math.min(low, peaks.minima[i] ?? 0);
    high = Math.max(high, peaks.maxima[i] ?? 0);
  }
  return [low, high];
}
