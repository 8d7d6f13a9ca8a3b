// What was typed and is not kept by the server yet, in this browser: for when the connection, or the page, goes.

export interface Typing {
  /** The stamps of what the fields showed at first, by the names of their fields. */
  seen: Record<string, string>;
  fields: Record<string, string[]>;
}

export class TypedCopy {
  #key: string;

  constructor(what: string) {
    this.#key = `remixhub:typed:${what}`;
  }

  read(): Typing | null {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? "null") as Typing | null;
    } catch {
      return null;
    }
  }

  /** False where the browser keeps nothing, as in private windows. */
  write(typing: Typing): boolean {
    try {
      localStorage.setItem(this.#key, JSON.stringify(typing));
      return true;
    } catch {
      return false;
    }
  }

  clear(): void {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      return; // then nothing is kept
    }
  }
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function isControl(element: unknown): element is Control {
  return (
    element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement
  );
}

export function controlsOf(form: HTMLFormElement, name?: string): Control[] {
  const all = [...form.elements].filter(isControl);
  return name === undefined ? all : all.filter((one) => one.name === name);
}

/** As they would be sent. */
export function valuesOf(form: HTMLFormElement, name: string): string[] {
  return new FormData(form).getAll(name).filter((value) => typeof value === "string");
}

export function fill(form: HTMLFormElement, name: string, values: string[]): void {
  const controls = controlsOf(form, name);
  controls.forEach((control, place) => {
    if (control instanceof HTMLInputElement && control.type === "radio") control.checked = values.includes(control.value);
    else control.value = values[place] ?? "";
  });
}
