// What the inspector shows of the selection and of the whole, as fields that are typed.
import * as edits from "../document/edits";
import { MASTER, type PointKind } from "../document/edits";
import type { Mix } from "../document/mix";
import { typedNumber, type Field, type Row } from "./fields";
import { gainText, panText, typedPan } from "./figures";
import type { Room } from "./room";
import { LENGTHS, lengthText, PLACES, PLACES_WITHOUT_GRID, typedLength, typedPlace, typedText } from "./typed_time";

export interface Group {
  readonly key: string;
  readonly title: string;
  readonly fields: readonly Field[];
  /** Below the fields, as a table. */
  readonly rows?: readonly Row[];
}

const MOST_ROWS = 60;
const PANS = "such as L 12, C or R 30";

export class Inspected {
  constructor(private readonly room: Room) {}

  /** Of what is selected. */
  selected(): Group[] {
    const { lane, clip, part } = this.room.desk.selection;
    const groups: Group[] = [];
    if (clip !== null) groups.push(this.#clip(lane, clip));
    groups.push(this.#levels(lane));
    for (const kind of ["gain", "pan"] as const) {
      if (edits.pointsOf(this.#mix, lane, kind).length > 0) groups.push(this.#points(lane, kind, part?.kind === kind ? part.index : 0));
    }
    if ((this.#mix.lanes[lane]?.mute_ranges.length ?? 0) > 0) groups.push(this.#mutes(lane, part?.kind === "mute" ? part.index : 0));
    return groups;
  }

  /** Of the whole mix. */
  whole(): Group[] {
    const { part } = this.room.desk.selection;
    const groups = [this.#loop(), this.#grid(), this.#loudness()];
    if (this.room.desk.selection.lane !== MASTER) groups.push(this.#levels(MASTER));
    if (this.#mix.markers.length > 0) groups.push(this.#markers(part?.kind === "marker" ? part.index : 0));
    return groups;
  }

  get #mix(): Mix {
    return this.room.desk.mix;
  }

  #clip(lane: number, place: number): Group {
    const clip = this.#mix.lanes[lane]?.clips[place];
    const stem = this.room.desk.stemOf(lane);
    if (clip === undefined) return { key: "clip", title: "", fields: [] };
    const { start, end } = edits.clipSpan(clip, stem);
    const name = this.room.nameOf(lane);
    const length = (key: string, label: string, frames: number, edit: (mix: Mix, frames: number) => Mix): Field =>
      this.#length(`clip-${key}`, label, frames, `Clip of ${name}: ${label.toLowerCase()}`, edit);
    return {
      key: "clip",
      title: `Clip of ${name}`,
      fields: [
        this.#place("clip-start", "Starts at", start, `Clip of ${name} moved`, (mix, at) => edits.moveClip(mix, lane, place, at)),
        length("length", "Length", end - start, (mix, frames) => edits.trimClip(mix, lane, place, "end", start + frames, stem)),
        length("from", "Begins in the stem at", clip.trim_start_frames, (mix, frames) => edits.slipClip(mix, lane, place, frames, stem)),
        length("fade-in", "Fade in", clip.fade_in_frames, (mix, frames) => edits.fadeClip(mix, lane, place, "in", frames, stem)),
        length("fade-out", "Fade out", clip.fade_out_frames, (mix, frames) => edits.fadeClip(mix, lane, place, "out", frames, stem)),
      ],
    };
  }

  #levels(lane: number): Group {
    const owner = lane === MASTER ? this.#mix : this.#mix.lanes[lane];
    const name = lane === MASTER ? "Master" : this.room.nameOf(lane);
    const key = lane === MASTER ? "master" : "lane";
    return {
      key,
      title: name,
      fields: [
        this.#gain(`${key}-gain`, "Gain", owner?.gain_db ?? 0, `Gain of ${name}`, (mix, db) => edits.setGain(mix, lane, db)),
        this.#pan(`${key}-pan`, "Pan", owner?.pan ?? 0, `Pan of ${name}`, (mix, pan) => edits.setPan(mix, lane, pan)),
      ],
    };
  }

  #points(lane: number, kind: PointKind, around: number): Group {
    const name = this.room.nameOf(lane);
    const points = edits.pointsOf(this.#mix, lane, kind);
    const rows = near(points, around).map(({ one: point, index }): Row => {
      const key = `${kind}-${index}`;
      const moved = `${kind === "gain" ? "Gain" : "Pan"} point ${index + 1} of ${name}`;
      const value = (mix: Mix, now: number): Mix => edits.movePoint(mix, lane, kind, index, point.at, now);
      return {
        key,
        fields: [
          this.#place(`${key}-at`, `Point ${index + 1} at`, point.at, moved, (mix, at) => edits.movePoint(mix, lane, kind, index, at, point.value)),
          kind === "gain"
            ? this.#gain(`${key}-value`, `Point ${index + 1}, gain`, point.value, moved, value)
            : this.#pan(`${key}-value`, `Point ${index + 1}, pan`, point.value, moved, value),
        ],
        remove: { label: `Delete point ${index + 1}`, act: () => void this.room.desk.change(`Deleted ${moved.toLowerCase()}`, (mix) => edits.deletePoint(mix, lane, kind, index)) },
      };
    });
    return { key: `${kind}-points`, title: `${kind === "gain" ? "Gain" : "Pan"} points${counted(points, rows)}`, fields: [], rows };
  }

  #mutes(lane: number, around: number): Group {
    const name = this.room.nameOf(lane);
    const ranges = this.#mix.lanes[lane]?.mute_ranges ?? [];
    const rows = near(ranges, around).map(({ one: range, index }): Row => {
      const key = `mute-${index}`;
      const moved = `Silence ${index + 1} of ${name}`;
      const set = (mix: Mix, start: number, end: number): Mix => edits.setMute(mix, lane, index, start, end);
      return {
        key,
        fields: [
          this.#place(`${key}-from`, `Silence ${index + 1} from`, range.start_frames, moved, (mix, at) => set(mix, at, range.end_frames)),
          this.#place(`${key}-to`, `Silence ${index + 1} to`, range.end_frames, moved, (mix, at) => set(mix, range.start_frames, at)),
        ],
        remove: { label: `Delete silence ${index + 1}`, act: () => void this.room.desk.change(`Deleted ${moved.toLowerCase()}`, (mix) => edits.deleteMute(mix, lane, index)) },
      };
    });
    return { key: "mutes", title: `Silences${counted(ranges, rows)}`, fields: [], rows };
  }

  #loop(): Group {
    const { loop } = this.#mix;
    const bar = Math.round(edits.barFrames(this.#mix));
    const edge = (key: string, label: string, frame: number | null, edit: (mix: Mix, at: number) => Mix): Field => ({
      ...this.#place(`loop-${key}`, label, frame ?? 0, "Loop", edit),
      text: frame === null ? "" : typedText(frame, this.#mix),
      take: (typed) => {
        if (typed.trim() === "") return this.#change("Loop off", (mix) => edits.setLoop(mix, null));
        return this.#takePlace(typed, "Loop", edit);
      },
    });
    const fields = [
      edge("from", "Loop from (empty: none)", loop?.start_frames ?? null, (mix, startFrames) =>
        edits.setLoop(mix, { startFrames, endFrames: Math.max(loop?.end_frames ?? 0, startFrames + (loop === null ? bar : 1)) })),
      edge("to", "Loop to", loop?.end_frames ?? null, (mix, endFrames) =>
        edits.setLoop(mix, { startFrames: Math.min(loop?.start_frames ?? 0, Math.max(0, endFrames - 1)), endFrames })),
    ];
    if (loop !== null) {
      fields.push(this.#number("loop-times", "Rendered so many times", `${loop.times} ×`, "×", 1, 1000, "Loop rendered", (mix, times) => edits.setLoopTimes(mix, times)));
    }
    return { key: "loop", title: "Loop", fields };
  }

  #grid(): Group {
    const { grid } = this.#mix;
    const start = { bpm: 120, beats_per_bar: 4, first_beat_frames: 0 };
    const now = grid ?? start;
    const bpm: Field = {
      key: "grid-bpm",
      label: "Tempo (empty: none)",
      text: grid === null ? "" : `${Number(grid.bpm.toFixed(3))} BPM`,
      take: (typed) => {
        if (typed.trim() === "") return this.#change("No tempo", (mix) => edits.setGrid(mix, null));
        return this.#takeNumber(typed, "BPM", 20, 400, "Tempo", (mix, value) => edits.setGrid(mix, { ...now, bpm: value }));
      },
    };
    if (grid === null) return { key: "grid", title: "Grid", fields: [bpm] };
    return {
      key: "grid",
      title: "Grid",
      fields: [
        bpm,
        this.#number("grid-beats", "Beats in a bar", String(grid.beats_per_bar), "", 1, 32, "Beats in a bar", (mix, value) => edits.setGrid(mix, { ...now, beats_per_bar: value })),
        this.#length("grid-first", "First beat at", grid.first_beat_frames, "First beat", (mix, frames) => edits.setGrid(mix, { ...now, first_beat_frames: frames })),
      ],
    };
  }

  #loudness(): Group {
    const { loudness } = this.#mix;
    const target: Field = {
      key: "loudness-target",
      label: "Loudness target (empty: none)",
      text: loudness === null ? "" : decibels(loudness.target_lufs, "LUFS"),
      take: (typed) => {
        if (typed.trim() === "") return this.#change("No loudness target", (mix) => edits.setLoudness(mix, null));
        return this.#takeNumber(typed, "LUFS", -60, 0, "Loudness target", (mix, value) =>
          edits.setLoudness(mix, { target_lufs: value, ceiling_dbtp: loudness?.ceiling_dbtp ?? -1 }));
      },
    };
    if (loudness === null) return { key: "loudness", title: "Loudness", fields: [target] };
    const ceiling = this.#number("loudness-ceiling", "Peak at most", decibels(loudness.ceiling_dbtp, "dBTP"), "dBTP", -60, 0, "Peak at most", (mix, value) =>
      edits.setLoudness(mix, { ...loudness, ceiling_dbtp: value }));
    return { key: "loudness", title: "Loudness", fields: [target, ceiling] };
  }

  #markers(around: number): Group {
    const { markers } = this.#mix;
    const rows = near(markers, around).map(({ one: marker, index }): Row => ({
      key: `marker-${index}`,
      fields: [
        this.#place(`marker-${index}-at`, `Marker ${index + 1} at`, marker.at_frames, `Marker ${marker.name}`, (mix, at) => edits.moveMarker(mix, index, at)),
        {
          key: `marker-${index}-name`,
          label: `Name of marker ${index + 1}`,
          text: marker.name,
          take: (typed) => ([...typed.trim()].length > 80 ? "80 characters at most" : this.#change(`Marker ${typed.trim()}`, (mix) => edits.nameMarker(mix, index, typed))),
        },
      ],
      remove: { label: `Delete marker ${index + 1}`, act: () => void this.room.desk.change(`Deleted marker ${marker.name}`, (mix) => edits.deleteMarker(mix, index)) },
    }));
    return { key: "markers", title: `Markers${counted(markers, rows)}`, fields: [], rows };
  }

  #place(key: string, label: string, frame: number, words: string, edit: (mix: Mix, frame: number) => Mix): Field {
    return { key, label, text: typedText(frame, this.#mix), take: (typed) => this.#takePlace(typed, words, edit) };
  }

  #takePlace(typed: string, words: string, edit: (mix: Mix, frame: number) => Mix): string | null {
    const frame = typedPlace(typed, this.#mix);
    if (frame === null) return `Type ${this.#mix.grid === null ? PLACES_WITHOUT_GRID : PLACES}.`;
    return this.#change(`${words}: ${typedText(frame, this.#mix)}`, (mix) => edit(mix, frame));
  }

  #length(key: string, label: string, frames: number, words: string, edit: (mix: Mix, frames: number) => Mix): Field {
    return {
      key,
      label,
      text: lengthText(frames, this.#mix),
      take: (typed) => {
        const length = typedLength(typed, this.#mix);
        if (length === null) return `Type ${LENGTHS}.`;
        return this.#change(`${words}: ${lengthText(length, this.#mix)}`, (mix) => edit(mix, length));
      },
    };
  }

  #gain(key: string, label: string, db: number, words: string, edit: (mix: Mix, db: number) => Mix): Field {
    return this.#number(key, label, gainText(db), "dB", -60, 24, words, edit);
  }

  #pan(key: string, label: string, pan: number, words: string, edit: (mix: Mix, pan: number) => Mix): Field {
    return {
      key,
      label,
      text: panText(pan),
      take: (typed) => {
        const value = typedPan(typed);
        return value === null ? `Type a place between left and right, ${PANS}.` : this.#change(`${words}: ${panText(value)}`, (mix) => edit(mix, value));
      },
    };
  }

  #number(key: string, label: string, text: string, unit: string, low: number, high: number, words: string, edit: (mix: Mix, value: number) => Mix): Field {
    return { key, label, text, take: (typed) => this.#takeNumber(typed, unit, low, high, words, edit) };
  }

  #takeNumber(typed: string, unit: string, low: number, high: number, words: string, edit: (mix: Mix, value: number) => Mix): string | null {
    let fault: string | null = null;
    const wrong = typedNumber(typed, unit, low, high, (value) => {
      fault = this.#change(`${words}: ${value} ${unit}`.trim(), (mix) => edit(mix, value));
    });
    return wrong === null ? fault : `Type a number, ${wrong}.`;
  }

  /** Answers why it was refused, null when it was not. */
  #change(words: string, edit: (mix: Mix) => Mix): string | null {
    const { desk } = this.room;
    desk.change(words, edit);
    return desk.refusal;
  }
}

/** As many as can be shown, those around that place. */
function near<T>(all: readonly T[], around: number): { one: T; index: number }[] {
  const first = Math.max(0, Math.min(around - MOST_ROWS / 2, all.length - MOST_ROWS));
  return all.slice(first, first + MOST_ROWS).map((one, at) => ({ one, index: first + at }));
}

function counted(all: readonly unknown[], shown: readonly unknown[]): string {
  return all.length === shown.length ? "" : `: ${shown.length} of ${all.length}, around the selected one`;
}

function decibels(value: number, unit: string): string {
  return `${value.toFixed(1).replace("-", "−")} ${unit}`;
}
