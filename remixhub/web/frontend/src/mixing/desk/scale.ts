// Frames, pixels, bars and seconds: how a place in the mix is written, and which lines a ruler has.
import { clockText } from "../../clock_text";
import type { Grid } from "../document/mix";

export interface Tick {
  readonly frame: number;
  readonly label: string;
  readonly isTall: boolean;
}

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const BARS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const LABEL_PIXELS = 72;
const TICK_PIXELS = 9;

export function beatFrames(grid: Grid, rateHz: number): number {
  return (60 / grid.bpm) * rateHz;
}

/** "019.3.2": bar, beat and sixteenth, from 1; seconds where there is no tempo. */
export function placeText(frame: number, grid: Grid | null, rateHz: number): string {
  if (grid === null) return preciseText(frame, rateHz);
  // a line between two frames is snapped to the nearer one, which may stand up to half a frame before it
  const sixteenths = Math.floor(((frame + 0.5 - grid.first_beat_frames) / beatFrames(grid, rateHz)) * 4 + 1e-6);
  const perBar = grid.beats_per_bar * 4;
  const bar = Math.floor(sixteenths / perBar);
  const within = sixteenths - bar * perBar;
  const shown = bar < 0 ? `−${String(-bar).padStart(2, "0")}` : String(bar + 1).padStart(3, "0");
  return `${shown}.${Math.floor(within / 4) + 1}.${(within % 4) + 1}`;
}

/** As a voice says it. */
export function placeWords(frame: number, grid: Grid | null, rateHz: number): string {
  const time = preciseText(frame, rateHz);
  if (grid === null) return time;
  const [bar, beat] = placeText(frame, grid, rateHz).split(".");
  return `bar ${(bar ?? "").replace(/^0+/, "")}, beat ${beat}, ${time}`;
}

/** 0:37.108 */
export function preciseText(frame: number, rateHz: number): string {
  const milliseconds = Math.round((Math.max(0, frame) / rateHz) * 1000);
  return `${clockText(Math.floor(milliseconds / 1000))}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** The ruler's lines from one frame up to another, at this zoom. */
export function ticks(from: number, to: number, framesPerPixel: number, grid: Grid | null, rateHz: number): Tick[] {
  return grid === null
    ? secondTicks(from, to, framesPerPixel, rateHz)
    : beatTicks(from, to, framesPerPixel, grid, beatFrames(grid, rateHz));
}

function secondTicks(from: number, to: number, framesPerPixel: number, rateHz: number): Tick[] {
  const wide = (pixels: number) => SECONDS.find((step) => (step * rateHz) / framesPerPixel >= pixels) ?? 1200;
  const [label, step] = [wide(LABEL_PIXELS), wide(TICK_PIXELS)];
  const found: Tick[] = [];
  const each = Math.max(1, Math.round(label / step));
  for (let at = Math.max(0, Math.floor(from / (step * rateHz))); at * step * rateHz <= to; at++) {
    const isTall = at % each === 0;
    const seconds = at * step;
    found.push({ frame: seconds * rateHz, isTall, label: isTall ? (label < 1 ? shortSeconds(seconds) : clockText(seconds + 1e-6)) : "" });
  }
  return found;
}

function shortSeconds(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  return `${clockText(whole)}${(seconds - whole + 1e-9).toFixed(3).slice(1).replace(/0+$/, "").replace(/\.$/, "")}`;
}

function beatTicks(from: number, to: number, framesPerPixel: number, grid: Grid, beat: number): Tick[] {
  const first = grid.first_beat_frames;
  const bar = beat * grid.beats_per_bar;
  const labelBars = BARS.find((bars) => (bars * bar) / framesPerPixel >= LABEL_PIXELS) ?? 512;
  const steps = [beat / 4, beat, ...BARS.map((bars) => bars * bar)];
  const step = steps.find((one) => one / framesPerPixel >= TICK_PIXELS) ?? labelBars * bar;
  const found: Tick[] = [];
  for (let at = Math.floor((from - first) / step); first + at * step <= to; at++) {
    const frame = first + at * step;
    if (frame < -0.5) continue;
    const bars = Math.round(((frame - first) / bar) * 1e6) / 1e6;
    const isTall = Number.isInteger(bars) && bars % labelBars === 0;
    found.push({ frame, isTall, label: isTall ? String(bars + 1) : "" });
  }
  return found;
}
