// What stands on the desk: the mix, what is selected, and the view. Everybody reads it here, and changes it here alone:
// `mix`, `selection`, `view`, `title` and `words` say what changed.
import { LONGEST_MIX_SECONDS, MASTER, Refused } from "../document/bounds";
import { renderedFrames } from "../document/lanes";
import type { Clip, Mix } from "../document/mix";

/** A point, a mute range or a marker, by its place among them. */
export interface Part {
  readonly kind: "gain" | "pan" | "mute" | "marker";
  readonly index: number;
}

/** A lane (or the `MASTER`), and of it one clip or one part where one is meant. */
export interface Selection {
  readonly lane: number;
  readonly clip: number | null;
  readonly part?: Part | null;
}

/** What of the mix is seen: its first frame, and how many frames a pixel has. */
export interface View {
  readonly startFrame: number;
  readonly framesPerPixel: number;
}

/** A clip that was copied, to be pasted onto lanes of its stem. */
export interface Copied {
  readonly stem: string;
  readonly clip: Clip;
}

interface Step {
  readonly mix: Mix;
  readonly selection: Selection;
  readonly words: string;
  readonly merge: string | null;
}

export class Desk extends EventTarget {
  #past: Step[] = [];
  #future: Step[] = [];
  #selection: Selection = { lane: 0, clip: null, part: null };
  #view: View = { startFrame: 0, framesPerPixel: 1024 };
  #words = "";
  #refusal: string | null = null;
  #copied: Copied | null = null;

  constructor(
    private now: Mix,
    /** Frames of each stem at the mix' rate. */
    readonly stemFrames: ReadonlyMap<string, number>,
    private named = "",
  ) {
    super();
  }

  get mix(): Mix {
    return this.now;
  }

  get title(): string {
    return this.named;
  }

  get selection(): Selection {
    return this.#selection;
  }

  get view(): View {
    return this.#view;
  }

  get copied(): Copied | null {
    return this.#copied;
  }

  /** What was said last, for those who do not see it. */
  get words(): string {
    return this.#words;
  }

  /** Why the last edit was refused, null when it was not. */
  get refusal(): string | null {
    return this.#refusal;
  }

  get undoes(): string | null {
    return this.#past.at(-1)?.words ?? null;
  }

  get redoes(): string | null {
    return this.#future.at(-1)?.words ?? null;
  }

  /** Frames of a lane's stem. */
  stemOf(lane: number): number {
    return this.stemFrames.get(this.now.lanes[lane]?.stem ?? "") ?? 0;
  }

  /**
   * Changes that follow each other with the same `merge`, as those of one drag, are one step to undo. Answers whether
   * anything changed; an edit that is refused changes nothing, and its reason is said.
   */
  change(words: string, edit: (mix: Mix) => Mix, merge: string | null = null): boolean {
    let mix: Mix;
    try {
      mix = edit(this.now);
      this.#refuseLong(mix);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.#refusal = refused.message;
      this.say(refused.message);
      return false;
    }
    this.#refusal = null;
    if (mix === this.now) return false;
    const last = this.#past.at(-1);
    if (merge === null || last?.merge !== merge || this.#future.length > 0) {
      this.#past.push({ mix: this.now, selection: this.#selection, words, merge });
    } else {
      this.#past[this.#past.length - 1] = { ...last, words };
    }
    this.#future = [];
    this.#show(mix, words);
    return true;
  }

  /** Ends a run of merged changes (that one, where it is named): what follows is a step of its own. */
  settle(merge?: string): void {
    const last = this.#past.at(-1);
    if (!last || (merge !== undefined && last.merge !== merge)) return;
    if (last.merge !== null && last.mix === this.now) this.#past.pop(); // dragged back to where it was
    else this.#past[this.#past.length - 1] = { ...last, merge: null };
  }

  undo(): void {
    this.#step(this.#past, this.#future, "Undone");
  }

  redo(): void {
    this.#step(this.#future, this.#past, "Done again");
  }

  rename(title: string): void {
    if (title === this.named) return;
    this.named = title;
    this.dispatchEvent(new Event("title"));
  }

  select(selection: Selection): void {
    this.#selection = this.#held(selection);
    this.dispatchEvent(new Event("selection"));
  }

  look(view: View): void {
    this.#view = view;
    this.dispatchEvent(new Event("view"));
  }

  /** Takes a clip into the hand, for pasting. */
  copy(lane: number, clip: number): void {
    const from = this.now.lanes[lane];
    const copied = from?.clips[clip];
    if (from !== undefined && copied !== undefined) this.#copied = { stem: from.stem, clip: copied };
  }

  say(words: string): void {
    this.#words = words;
    this.dispatchEvent(new Event("words"));
  }

  #step(from: Step[], to: Step[], verb: string): void {
    const step = from.pop();
    if (!step) {
      this.say(verb === "Undone" ? "Nothing to undo" : "Nothing to do again");
      return;
    }
    to.push({ ...step, mix: this.now, selection: this.#selection, merge: null });
    this.#selection = step.selection;
    this.#show(step.mix, `${verb}: ${step.words}`);
  }

  #show(mix: Mix, words: string): void {
    this.now = mix;
    this.#selection = this.#held(this.#selection);
    this.dispatchEvent(new Event("mix"));
    this.say(words);
  }

  /** Of a selection what is still there. */
  #held({ lane, clip, part }: Selection): Selection {
    const place = Math.max(MASTER, Math.min(lane, this.now.lanes.length - 1));
    const owner = place === MASTER ? this.now : this.now.lanes[place];
    const of = { gain: owner?.gain_points, pan: owner?.pan_points, mute: this.now.lanes[place]?.mute_ranges, marker: this.now.markers };
    const isClipThere = clip !== null && place === lane && this.now.lanes[place]?.clips[clip] !== undefined;
    const isPartThere = part && (place === lane || part.kind === "marker") && part.index in (of[part.kind] ?? []);
    return { lane: place, clip: isClipThere ? clip : null, part: isPartThere ? part : null };
  }

  #refuseLong(mix: Mix): void {
    const seconds = (of: Mix): number => renderedFrames(of, this.stemFrames) / of.sample_rate_hz;
    if (seconds(mix) <= LONGEST_MIX_SECONDS || seconds(mix) <= seconds(this.now)) return;
    throw new Refused("A mix may last two hours at most, its loop unrolled.");
  }
}
