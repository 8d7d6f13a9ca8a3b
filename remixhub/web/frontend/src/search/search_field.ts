// <search-field data-suggests="…">: the field of a search suggests as one types, as a combobox of the ARIA practices does
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): the focus stays in the field, arrows choose, Enter goes there.
import { suggest, type Suggestion } from "../api";
import { walkTo } from "../drawn_links";

const AFTER_MS = 120; // between two letters of who types fast
const KINDS: Record<Suggestion["kind"], string> = {
  word: "",
  work: "work",
  artist: "artist",
  label: "label",
  contest: "contest",
};

export class SearchField extends HTMLElement {
  #input: HTMLInputElement | null = null;
  #list = document.createElement("ul");
  #found: readonly Suggestion[] = [];
  #chosen = -1;
  #timer = 0;
  #asked: AbortController | null = null;

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (input === null) return;
    this.#input = input;
    this.#list.id = `${input.id}-suggestions`;
    this.#list.className = "suggestions";
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Suggestions");
    this.#list.hidden = true;
    this.append(this.#list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.#list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.#askSoon());
    input.addEventListener("keydown", (event) => this.#press(event));
    input.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.#list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option !== null) this.#take(Number(option.dataset["place"]));
    });
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#list.remove();
  }

  #askSoon(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    const typed = this.#input?.value ?? "";
    if (typed.trim() === "") {
      this.#close();
      return;
    }
    this.#timer = window.setTimeout(() => void this.#ask(typed), AFTER_MS);
  }

  async #ask(typed: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const found = await suggest(this.dataset["suggests"] ?? "", typed, asked.signal);
      if (!asked.signal.aborted && document.activeElement === this.#input) this.#open(found);
    } catch {
      if (!asked.signal.aborted) this.#close(); // the search itself says what is wrong
    }
  }

  #open(found: readonly Suggestion[]): void {
    this.#found = found;
    this.#list.replaceChildren(...found.map((one, place) => this.#option(one, place)));
    this.#list.hidden = found.length === 0;
    this.#input?.setAttribute("aria-expanded", String(found.length > 0));
    this.#choose(-1);
  }

  #close(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#open([]);
  }

  #option(one: Suggestion, place: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset["place"] = String(place);
    const text = document.createElement("span");
    text.dir = "auto";
    text.textContent = one.text;
    option.append(text);
    if (KINDS[one.kind] !== "") {
      const kind = document.createElement("small");
      kind.className = "label";
      kind.textContent = KINDS[one.kind];
      option.append(" ", kind);
    }
    return option;
  }

  #press(event: KeyboardEvent): void {
    if (event.isComposing || this.#found.length === 0) return;
    const places = this.#found.length + 1; // one more: the field itself
    if (event.key === "ArrowDown") this.#choose(((this.#chosen + 2) % places) - 1);
    else if (event.key === "ArrowUp") this.#choose(((this.#chosen + places) % places) - 1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.#chosen >= 0) this.#take(this.#chosen);
    else return;
    event.preventDefault();
  }

  #choose(place: number): void {
    this.#chosen = place;
    for (const [at, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(at === place));
    }
    const option = this.#list.children[place];
    if (option === undefined) this.#input?.removeAttribute("aria-activedescendant");
    else {
      this.#input?.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  /** A word goes on being typed; anything else is gone to. */
  #take(place: number): void {
    const one = this.#found[place];
    if (one === undefined || this.#input === null) return;
    this.#close();
    const address = addressOf(one);
    if (address !== null) {
      walkTo(address);
      return;
    }
    this.#input.value = one.text;
    this.#input.form?.requestSubmit();
  }
}

function addressOf(one: Suggestion): string | null {
  const id = encodeURIComponent(one.id ?? "");
  switch (one.kind) {
    case "word": return null;
    case "work": return `/works/${id}`;
    case "artist": return `/@${id}`;
    case "label": return `/labels/${id}`;
    case "contest": return `/contests/${id}`;
  }
}
