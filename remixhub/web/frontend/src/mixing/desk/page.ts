// The JSON that the desk's page carries.

export interface DeskStem {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly family: string;
  /** At the pack's rate. */
  readonly frames: number;
  readonly channels: 1 | 2;
  /** As the artist suggests. */
  readonly gain_db: number;
  readonly peaks: string;
  readonly sound: string;
  readonly index: string;
}

export interface DeskPage {
  readonly draft: { readonly id: string; readonly revision: number; readonly title: string; readonly spec: unknown } | null;
  readonly title: string;
  readonly spec: unknown;
  readonly pack: {
    readonly id: string;
    readonly work_id: string;
    readonly title: string;
    readonly artist: string;
    readonly work_url: string;
    readonly rate_hz: number;
    readonly tempo_bpm: number | null;
    readonly first_beat_seconds: number | null;
    readonly key: string | null;
    readonly stems: readonly DeskStem[];
  };
  readonly reference: { readonly address: string; readonly lufs: number | null } | null;
  readonly may_remix: boolean;
  readonly is_read_only: boolean;
  /** Whose shared mix it is; null for one's own. */
  readonly by: string | null;
  readonly may_keep: boolean;
  readonly urls: {
    readonly drafts: string;
    readonly page: string | null;
    readonly copy: string | null;
    readonly sign_in: string;
  };
}

