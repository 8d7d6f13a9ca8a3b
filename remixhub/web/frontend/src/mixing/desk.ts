// What stands on the desk: the mix, what is selected, the playhead and the view. Everybody reads it here, and changes it
// here alone: `mix`, `selection` and `view` say what changed.
import type { Mix } from "./mix";

/** A lane, and of it one clip where one is meant. */
export interface Selection {
  readonly lane: number;
  readonly clip: number | null;
}

/** What of the mix is seen: its first frame, and how many frames a pixel has. */
export interface View {
  readonly startFrame: number;
  readonly framesPerPixel: number;
}

interface Step {
  readonly mix: Mix;
  readonly words: string;
  readonly merge: string | null;
}

export class Desk extends EventTarget {
  #past: Step[] = [];
  #future: Step[] = [];
  #selection: Selection = { lane: 0, clip: null };
  #view: View = { startFrame: 0, framesPerPixel: 1024 };
  #words = "";

  constructor(
    private now: Mix,
    /** Frames of each stem at the mix' rate. */
    readonly stemFrames: ReadonlyMap<string, number>,
  ) {
    super();
  }

  get mix(): Mix {
    return this.now;
  }

  get selection(): Selection {
    return this.#selection;
  }

  get view(): View {
    return this.#view;
  }

  /** What the last change did, for those who do not see it. */
  get words(): string {
    return this.#words;
  }

  get undoes(): string | null {
    return this.#past.at(-1)?.words ?? null;
  }

  get redoes(): string | null {
    return this.#future.at(-1)?.words ?? null;
  }

  /** Changes that follow each other with the same `merge`, as those of one drag, are one step to undo. */
  change(words: string, edit: (mix: Mix) => Mix, merge: string | null = null): void {
    const mix = edit(this.now);
    if (mix === this.now) return;
    const last = this.#past.at(-1);
    if (merge === null || last?.merge !== merge || this.#future.length > 0) {
      this.#past.push({ mix: this.now, words, merge });
    } else {
      this.#past[this.#past.length - 1] = { ...last, words };
    }
    this.#future = [];
    this.#show(mix, words);
  }

  /** Ends a run of merged changes: what follows is a step of its own. */
  settle(): void {
    const last = this.#past.at(-1);
    if (last) this.#past[this.#past.length - 1] = { ...last, merge: null };
  }

  undo(): void {
    const step = this.#past.pop();
    if (!step) return;
    this.#future.push({ ...step, mix: this.now, merge: null });
    this.#show(step.mix, `Undone: ${step.words}`);
  }

  redo(): void {
    const step = this.#future.pop();
    if (!step) return;
    this.#past.push({ ...step, mix: this.now, merge: null });
    this.#show(step.mix, `Done again: ${step.words}`);
  }

  select(selection: Selection): void {
    this.#selection = selection;
    this.dispatchEvent(new Event("selection"));
  }

  look(view: View): void {
    this.#view = view;
    this.dispatchEvent(new Event("view"));
  }

  #show(mix: Mix, words: string): void {
    this.now = mix;
    this.#words = words;
    const lanes = mix.lanes.length;
    const { lane, clip } = this.#selection;
    const held = Math.min(lane, lanes - 1);
    const clips = mix.lanes[held]?.clips.length ?? 0;
    this.#selection = { lane: held, clip: clip !== null && clip < clips && held === lane ? clip : null };
    this.dispatchEvent(new Event("mix"));
  }
}
