// A mix as docs/mix-spec.md has it, version 2, every field spelled out. Values are never changed in place.

export interface GainPoint {
  readonly at_frames: number;
  readonly gain_db: number;
}

export interface PanPoint {
  readonly at_frames: number;
  readonly pan: number;
}

/** From `start_frames` up to, not including, `end_frames`. */
export interface Span {
  readonly start_frames: number;
  readonly end_frames: number;
}

export interface Clip {
  readonly trim_start_frames: number;
  readonly trim_end_frames: number;
  readonly offset_frames: number;
  readonly fade_in_frames: number;
  readonly fade_out_frames: number;
}

export interface Lane {
  readonly stem: string;
  readonly clips: readonly Clip[];
  readonly gain_db: number;
  readonly pan: number;
  readonly gain_points: readonly GainPoint[];
  readonly pan_points: readonly PanPoint[];
  readonly mute_ranges: readonly Span[];
  readonly muted: boolean;
  readonly solo: boolean;
}

export interface Loop extends Span {
  readonly times: number;
}

export interface LoudnessTarget {
  readonly target_lufs: number;
  readonly ceiling_dbtp: number;
}

export interface Grid {
  readonly bpm: number;
  readonly beats_per_bar: number;
  readonly first_beat_frames: number;
}

export interface Marker {
  readonly at_frames: number;
  readonly name: string;
}

export interface Mix {
  readonly version: 2;
  readonly sample_rate_hz: number;
  readonly lanes: readonly Lane[];
  readonly gain_db: number;
  readonly pan: number;
  readonly gain_points: readonly GainPoint[];
  readonly pan_points: readonly PanPoint[];
  readonly loop: Loop | null;
  readonly loudness: LoudnessTarget | null;
  readonly grid: Grid | null;
  readonly markers: readonly Marker[];
  readonly stems: Readonly<Record<string, string>>;
}
