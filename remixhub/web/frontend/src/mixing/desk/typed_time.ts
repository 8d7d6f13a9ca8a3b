// Places and lengths as people type them, read kindly.
import { beatFrames } from "../document/grid";
import type { Mix } from "../document/mix";
import { placeText, preciseText } from "./scale";

export const PLACES = "a place such as 5.1.1 (bar, beat, sixteenth), 0:37.5, 37.5 s or 1653750 f";
export const PLACES_WITHOUT_GRID = "a place such as 0:37.5, 37.5 s or 1653750 f";
export const LENGTHS = "a length such as 2 beats, 1 bar, 250 ms, 1.5 s or 441 f";

const SIXTEENTHS = 4;
const AMOUNT = /^(\d*\.?\d+|\d+\.)(f|fr|frames?|ms|s|sec|seconds?|beats?|bars?)?$/;
const CLOCK = /^(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/;
const BARS = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/** The frame of the mix, or null. A plain number is a bar where there is a tempo, else seconds. */
export function typedPlace(text: string, mix: Mix): number | null {
  const plain = plainly(text);
  const bars = mix.grid === null ? null : BARS.exec(plain);
  if (bars === null) return typedLength(plain, mix);
  const [bar, beat, sixteenth] = [bars[1], bars[2] ?? "1", bars[3] ?? "1"].map(Number) as [number, number, number];
  const perBar = mix.grid?.beats_per_bar ?? 1;
  if (bar < 1 || beat < 1 || beat > perBar || sixteenth < 1 || sixteenth > SIXTEENTHS) return null;
  const beats = (bar - 1) * perBar + beat - 1 + (sixteenth - 1) / SIXTEENTHS;
  return Math.round((mix.grid?.first_beat_frames ?? 0) + beats * beatFrames(mix));
}

/** Frames, or null. A plain number is seconds. */
export function typedLength(text: string, mix: Mix): number | null {
  const plain = plainly(text);
  const clock = CLOCK.exec(plain);
  if (clock !== null) {
    const [hours, minutes, seconds] = [clock[1] ?? "0", clock[2], clock[3]].map(Number) as [number, number, number];
    return Math.round((hours * 3600 + minutes * 60 + seconds) * mix.sample_rate_hz);
  }
  const found = AMOUNT.exec(plain);
  if (found === null) return null;
  const unit = framesOf(found[2] ?? "s", mix);
  return unit === null ? null : Math.round(Number(found[1]) * unit);
}

/** As short as it can be said without losing more than a twentieth of a millisecond. */
export function lengthText(frames: number, mix: Mix): string {
  return `${Number((frames / mix.sample_rate_hz).toFixed(4))} s`;
}

/** In bars where the frame stands on a sixteenth, else in time. */
export function typedText(frame: number, mix: Mix): string {
  const inBars = placeText(frame, mix.grid, mix.sample_rate_hz).replace(/^0+(?=\d)/, "");
  return typedPlace(inBars, mix) === frame ? inBars : preciseText(frame, mix.sample_rate_hz);
}

function framesOf(unit: string, mix: Mix): number | null {
  if (unit.startsWith("f")) return 1;
  if (unit === "ms") return mix.sample_rate_hz / 1000;
  if (unit.startsWith("s")) return mix.sample_rate_hz;
  if (mix.grid === null) return null;
  return beatFrames(mix) * (unit.startsWith("bar") ? mix.grid.beats_per_bar : 1);
}

function plainly(text: string): string {
  return text.toLowerCase().replace(/\s+/g, "").replace(",", ".");
}
