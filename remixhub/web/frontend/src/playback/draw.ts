// Draws peaks as bars: what has been played in full colour, the rest pale.
import type { Peaks } from "./peaks";

const BAR = 3;
const GAP = 1;
const REST_ALPHA = 0.42;
const LARGEST_ZOOM = 2.5; // quiet stems are drawn larger, yet still smaller than loud ones

/** `spanSeconds` is the width of the view: stems of different lengths share one time scale. */
export function drawWave(canvas: HTMLCanvasElement, peaks: Peaks, spanSeconds: number, playedSeconds: number): void {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0 || height === 0) return;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.fillStyle = getComputedStyle(canvas).color;
  const columnsPerPixel = (spanSeconds * peaks.sampleRateHz) / peaks.framesPerColumn / width;
  const middle = height / 2;
  const reach = middle * Math.min(LARGEST_ZOOM, 0.96 / Math.max(peaks.loudest, 0.01));
  const playedX = spanSeconds > 0 ? (playedSeconds / spanSeconds) * width : 0;
  for (let x = 0; x < width; x += BAR + GAP) {
    const from = Math.floor(x * columnsPerPixel);
    if (from >= peaks.maxima.length) break;
    const to = Math.max(from + 1, Math.floor((x + BAR + GAP) * columnsPerPixel));
    const [low, high] = extremes(peaks, from, to);
    const top = middle - Math.max(high * reach, 0.75);
    const bottom = middle - Math.min(low * reach, -0.75);
    context.globalAlpha = x < playedX ? 1 : REST_ALPHA;
    context.beginPath();
    context.roundRect(x, top, BAR, bottom - top, BAR / 2);
    context.fill();
  }
  context.globalAlpha = 1;
  if (playedSeconds > 0) context.fillRect(Math.min(playedX, width - 2), 0, 2, height);
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
