// Keeps the mix: a moment after each change in the account, and in this browser until the account has it.
import { Problem } from "../../api";
import { clockOf } from "../../drafts/form_faults";
import { askBeforeLeaving } from "../../leaving";
import { newKey } from "../../new_key";
import type { Room } from "../desk/room";
import type { Mix } from "../document/mix";
import { mixOf } from "../document/reading";
import { isSame } from "../document/same";
import { Account, type KeptDraft } from "./account";
import { openEarlier, openShare, saveFile } from "./kept_dialogs";
import { KeptLine } from "./kept_line";
import { OwnCopy } from "./own_copy";

export interface Keeping {
  /** The draft's id once the account has all of it; rejects with words for people. */
  keptId(): Promise<string>;
  keepNow(): Promise<void>;
  openShare(): void;
  openEarlier(): void;
  download(): Promise<void>;
}

interface State {
  readonly mix: Mix;
  readonly title: string;
}

/** What the account has instead, from elsewhere. */
interface Other extends State {
  readonly revision: number;
}

const PAUSE_MS = 1500;
const COPY_MS = 250;
const AGAIN_MS = 15_000;
const UNSAVED = "The last changes are not kept yet. Leave all the same?";

export function connectKeeping(room: Room, place: HTMLElement): Keeping {
  return new Keeper(room, place);
}

class Keeper implements Keeping {
  readonly #account: Account;
  readonly #copy: OwnCopy;
  readonly #line: KeptLine;
  #id: string | null;
  #revision: number | null;
  #keptMix: Mix;
  #keptTitle: string;
  /** What was sent last: its answer may get lost. */
  #sent: State | null = null;
  #key: string = newKey();
  #timer = 0;
  #copyTimer = 0;
  #saving: Promise<void> | null = null;
  #isAsking = false;
  #hasCopy = true;

  constructor(
    readonly room: Room,
    place: HTMLElement,
  ) {
    const { page, desk, signal } = room;
    this.#id = page.draft?.id ?? null;
    this.#revision = page.draft?.revision ?? null;
    this.#keptMix = desk.mix;
    this.#keptTitle = desk.title;
    this.#account = new Account(page.urls.drafts, page.pack.id);
    this.#copy = new OwnCopy(document.getElementById("page")?.dataset["account"] ?? "", page.pack.id, this.#id);
    this.#line = new KeptLine(place, room, () => this.openEarlier());
    if (page.is_read_only) return;
    for (const name of ["mix", "title"]) desk.addEventListener(name, () => this.#note(), { signal });
    window.addEventListener("online", () => (this.#isDirty ? void this.#save() : this.#line.quiet()), { signal });
    window.addEventListener("offline", () => this.#line.trouble("Offline: what you change is kept in this browser."), { signal });
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#isDirty && void this.#save(), { signal });
    signal.addEventListener("abort", askBeforeLeaving(() => (this.#isDirty && !this.#hasCopy ? UNSAVED : null)));
    signal.addEventListener("abort", () => this.#leave());
    this.#restore();
  }

  async keptId(): Promise<string> {
    if (!this.room.page.may_keep) throw new Error("Sign in first: then your account keeps the mix.");
    for (let tries = 0; tries < 3 && (this.#id === null || this.#isDirty); tries++) await this.#save();
    if (this.#id === null || this.#isDirty) throw new Error("The account does not have this mix yet. Try again in a moment.");
    return this.#id;
  }

  async keepNow(): Promise<void> {
    if (this.#isDirty) await this.#save();
    if (!this.#isDirty) this.room.desk.say("All of it is kept");
  }

  openShare(): void {
    void this.keptId().then((id) => openShare(this.room, this.#account, id), (refused: Error) => this.#line.trouble(refused.message));
  }

  openEarlier(): void {
    if (this.#id !== null) void openEarlier(this.room, this.#account, this.#id);
  }

  async download(): Promise<void> {
    const { desk, page } = this.room;
    const id = await this.keptId().catch(() => null);
    if (id === null) saveFile(desk.title || page.pack.title, desk.mix);
    else location.assign(`/mix-drafts/${id}/mix.json`);
  }

  get #isDirty(): boolean {
    return this.room.desk.mix !== this.#keptMix || this.room.desk.title !== this.#keptTitle;
  }

  #note(): void {
    this.#line.mark(this.#isDirty);
    window.clearTimeout(this.#copyTimer);
    this.#copyTimer = window.setTimeout(() => this.#writeCopy(), COPY_MS);
    this.#soon(PAUSE_MS);
  }

  #soon(afterMs: number): void {
    window.clearTimeout(this.#timer);
    if (!this.room.signal.aborted) this.#timer = window.setTimeout(() => this.#isDirty && void this.#save(), afterMs);
  }

  #writeCopy(): void {
    const { mix, title } = this.room.desk;
    if (!this.#isDirty) this.#copy.clear();
    else this.#hasCopy = this.#copy.write({ mix, title, revision: this.#revision, key: this.#key, sent: this.#sent });
  }

  /** What an earlier page could not bring to the account. */
  #restore(): void {
    const { desk, page } = this.room;
    const copy = this.#copy.read();
    if (copy === null || (isSame(copy.mix, desk.mix) && copy.title === desk.title)) {
      this.#copy.clear();
      return;
    }
    const other: Other | null = page.draft === null ? null : { mix: desk.mix, title: desk.title, revision: page.draft.revision };
    const isOwn = copy.revision === this.#revision || isSame(copy.sent?.mix, desk.mix); // or the last to arrive from here
    this.#key = copy.key;
    this.#sent = copy.sent;
    desk.rename(copy.title);
    desk.change("Brought back what this browser kept", () => copy.mix);
    if (other !== null && !isOwn) this.#ask("Your account has another state of this mix, from elsewhere. You see what this browser kept.", other);
  }

  /** Resolves once nothing is under way. */
  async #settle(): Promise<void> {
    window.clearTimeout(this.#timer);
    while (this.#saving !== null) await this.#saving;
  }

  async #save(): Promise<void> {
    await this.#settle();
    if (this.#isAsking) return;
    this.#saving = this.#send().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #send(): Promise<void> {
    if (!this.room.page.may_keep) {
      this.#writeCopy();
      this.#line.keptHere(this.#hasCopy);
      return;
    }
    try {
      await this.#sending();
    } catch (problem) {
      await this.#tell(problem);
    }
  }

  /** A first sending without an answer is repeated as it was: under its key it makes one draft. */
  async #sending(isLeaving = false): Promise<void> {
    const { mix, title } = this.room.desk;
    const isFirst = this.#id === null || this.#revision === null;
    const state = (isFirst ? this.#sent : null) ?? { mix, title };
    this.#sent = state;
    this.#writeCopy();
    const [id, revision] = [this.#id, this.#revision];
    if (id === null || revision === null) this.#take(await this.#account.create(state.mix, state.title, this.#key, isLeaving), state);
    else this.#take(await this.#account.save(id, revision, state.mix, state.title, isLeaving), state);
  }

  #take(draft: KeptDraft, state: State): void {
    if (this.#id !== draft.id) {
      this.#copy.belongTo(draft.id);
      this.#key = newKey();
      if (!this.room.signal.aborted) history.replaceState(history.state, "", `/mix-drafts/${draft.id}`);
    }
    this.#id = draft.id;
    this.#line.kept(clockOf(draft.saved_at));
    this.#have(state, draft.revision);
  }

  /** The account has that now. */
  #have({ mix, title }: State, revision: number): void {
    this.#revision = revision;
    this.#keptMix = mix;
    this.#keptTitle = title;
    this.#line.mark(this.#isDirty);
    this.#writeCopy();
    if (this.#isDirty) this.#soon(PAUSE_MS);
  }

  async #tell(problem: unknown): Promise<void> {
    if (problem instanceof Problem && problem.status < 500 && this.#id === null) {
      this.#sent = null; // it made no draft
      this.#key = newKey();
    }
    if (!(problem instanceof Problem)) {
      this.#line.trouble("The server cannot be reached: what you change is kept in this browser.");
      this.#soon(AGAIN_MS);
    } else if (problem.status === 412 && this.#id !== null) {
      await this.#meetOther(this.#id);
    } else if (problem.status === 401) {
      this.#line.signIn("Your session has ended. The mix is kept in this browser.");
    } else if (problem.status === 404 && this.#id !== null) {
      this.#line.ask("This draft was deleted elsewhere. What you see is kept in this browser.", { "Keep it as a new one": () => this.#keepAsNew(this.room.desk.title) });
    } else {
      this.#line.trouble(`Not kept by the account. ${problem.message} It stays in this browser.`);
      if (problem.status >= 500 || problem.status === 429) this.#soon(AGAIN_MS);
    }
  }

  /** Somebody kept another state meanwhile: oneself, elsewhere. */
  async #meetOther(id: string): Promise<void> {
    let other: KeptDraft;
    try {
      other = await this.#account.read(id);
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 412) throw problem;
      await this.#tell(problem);
      return;
    }
    const state = { mix: mixOf(other.spec, this.room.page.pack.rate_hz), title: other.title };
    if (this.#sent !== null && isSame(state.mix, this.#sent.mix)) this.#take(other, this.#sent); // the answer got lost
    else this.#ask(`This mix was changed elsewhere at ${clockOf(other.saved_at)}. You see yours.`, { ...state, revision: other.revision });
  }

  #ask(question: string, other: Other): void {
    const { desk, page } = this.room;
    this.#isAsking = true;
    const answer = (act: () => void) => () => {
      this.#isAsking = false;
      this.#line.quiet();
      act();
    };
    this.#line.ask(question, {
      "Keep mine": answer(() => this.#have(other, other.revision)),
      "Take the other": answer(() => {
        desk.change("Took the other state", () => other.mix);
        desk.rename(other.title);
        this.#have({ mix: desk.mix, title: desk.title }, other.revision);
      }),
      "Keep both": answer(() => this.#keepAsNew(`${desk.title || page.pack.title} (2)`)),
    });
  }

  #keepAsNew(title: string): void {
    this.#copy.clear();
    this.#id = null;
    this.#revision = null;
    this.#sent = null;
    this.#key = newKey();
    this.room.desk.rename(title);
    this.#soon(0);
  }

  #leave(): void {
    window.clearTimeout(this.#timer);
    window.clearTimeout(this.#copyTimer);
    if (!this.#isDirty) return;
    this.#writeCopy();
    if (!this.room.page.may_keep || this.#isAsking) return;
    void this.#sending(true).catch(() => undefined); // the copy is there
  }
}
