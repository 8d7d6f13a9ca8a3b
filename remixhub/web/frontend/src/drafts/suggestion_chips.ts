// <suggestion-chips form="draft" work="…">: taking a guess fills its field, if nobody has; leaving it puts it away.

export class SuggestionChips extends HTMLElement {
  #tidy = new AbortController();

  connectedCallback(): void {
    this.#tidy = new AbortController();
    for (const chip of this.#chips) {
      if (this.#left.includes(wordOf(chip))) chip.remove();
      else if (chip.querySelector("[data-leave]") === null) chip.append(this.#leaveKey(chip));
    }
    this.hidden = this.#chips.length === 0;
    this.addEventListener("click", (event) => this.#click(event), { signal: this.#tidy.signal });
  }

  disconnectedCallback(): void {
    this.#tidy.abort();
  }

  get #chips(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-suggests]")];
  }

  #click(event: MouseEvent): void {
    const key = (event.target as Element).closest<HTMLElement>("button");
    const chip = key?.closest<HTMLElement>("[data-suggests]");
    if (!key || !chip) return;
    event.preventDefault();
    if (key.dataset["leave"] !== undefined) this.#leave(chip);
    else if (key.dataset["fills"]) this.#take(key, chip);
    else this.#takeAll(chip);
  }

  #takeAll(chip: HTMLElement): void {
    this.#remove(chip);
    // the first is taken last, so focus stands in its field, as the key is gone
    for (const one of [...this.querySelectorAll<HTMLElement>("[data-fills^='name-']")].reverse()) this.#take(one, one.closest<HTMLElement>("[data-suggests]"));
  }

  #take(key: HTMLElement, chip: HTMLElement | null): void {
    const form = document.getElementById(this.getAttribute("form") ?? "") as HTMLFormElement | null;
    const field = form?.elements.namedItem(key.dataset["fills"] ?? "");
    if (chip) this.#remove(chip);
    if (!(field instanceof HTMLInputElement)) return;
    const isUntouched = field.name.startsWith("name-") ? field.value === field.defaultValue : field.value === "";
    if (isUntouched) {
      field.value = key.dataset["text"] ?? "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.focus();
  }

  #leave(chip: HTMLElement): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify([...this.#left, wordOf(chip)]));
    } catch {
      // then it is suggested again with the next page
    }
    const next = (chip.nextElementSibling ?? chip.previousElementSibling)?.querySelector<HTMLElement>("button");
    this.#remove(chip);
    next?.focus();
  }

  #remove(chip: HTMLElement): void {
    chip.remove();
    this.hidden = this.#chips.length === 0;
  }

  get #key(): string {
    return `remixhub:left:${this.getAttribute("work")}`;
  }

  get #left(): string[] {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? "[]") as string[];
    } catch {
      return [];
    }
  }

  #leaveKey(chip: HTMLElement): HTMLButtonElement {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "slim plain";
    key.dataset["leave"] = "";
    key.textContent = "×";
    key.setAttribute("aria-label", `Leave it: ${chip.firstElementChild?.textContent ?? ""}`);
    return key;
  }
}

/** What is suggested for what: another guess for the same field is told anew. */
function wordOf(chip: HTMLElement): string {
  const first = chip.querySelector<HTMLElement>("[data-text]")?.dataset["text"] ?? "";
  return `${chip.dataset["suggests"]}=${first}`;
}
