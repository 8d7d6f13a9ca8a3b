// What this browser keeps of a mix until the account has it. Other people on the same machine do not find it.
import type { Mix } from "../document/mix";

export interface Copy {
  readonly mix: Mix;
  readonly title: string;
  /** Of the draft that it goes on from; null when the account has none yet. */
  readonly revision: number | null;
  /** Under which the first sending makes a draft once. */
  readonly key: string;
  /** What was last on its way to the account, which may have arrived. */
  readonly sent: { readonly mix: Mix; readonly title: string } | null;
}

const PREFIX = "remixhub:mix";

export class OwnCopy {
  #name: string;

  /** `draft` is null until the account has one: then it is the one new mix of that pack. */
  constructor(
    private readonly account: string,
    private readonly packId: string,
    draft: string | null,
  ) {
    this.#name = this.#nameOf(draft);
  }

  /** Answers whether this browser keeps anything. */
  write(copy: Copy): boolean {
    try {
      localStorage.setItem(this.#name, JSON.stringify(copy));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  }

  /** What somebody made before they signed in becomes theirs. */
  read(): Copy | null {
    const visitors = `${PREFIX}::new:${this.packId}`;
    return read(this.#name) ?? (this.#name.endsWith(`:new:${this.packId}`) ? read(visitors) : null);
  }

  clear(): void {
    for (const name of this.#name.includes(":new:") ? [this.#name, `${PREFIX}::new:${this.packId}`] : [this.#name]) {
      try {
        localStorage.removeItem(name);
      } catch {
        return;
      }
    }
  }

  /** From now on it is that draft's. */
  belongTo(draft: string): void {
    this.clear();
    this.#name = this.#nameOf(draft);
  }

  #nameOf(draft: string | null): string {
    return `${PREFIX}:${this.account}:${draft ?? `new:${this.packId}`}`;
  }
}

function read(name: string): Copy | null {
  try {
    const copy = JSON.parse(localStorage.getItem(name) ?? "null") as Copy | null;
    return copy?.mix.version === 2 ? copy : null;
  } catch {
    return null;
  }
}
