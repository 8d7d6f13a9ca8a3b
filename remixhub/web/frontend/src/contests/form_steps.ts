// A long form, one step at a time: its sections, led by the list of links in its nav. Without script all stand below each
// other. A step with a fault is shown first, else the one that `at` names.
export class FormSteps extends HTMLElement {
  #sections: HTMLElement[] = [];
  #keys: HTMLElement | undefined;
  #listening = new AbortController();

  connectedCallback(): void {
    this.#sections = [...this.querySelectorAll<HTMLElement>(":scope > section[id]")];
    if (this.#sections.length < 2) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    for (const link of this.#links()) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        event.stopPropagation(); // no visit: nothing is fetched
        this.#show(this.#find(link.hash) ?? 0, true);
      }, { signal });
    }
    this.#keys = this.#addKeys(signal);
    const faulty = this.#sections.findIndex((section) => section.querySelector("[aria-invalid], .fault") !== null);
    const at = this.#find(`#${this.getAttribute("at") ?? ""}`) ?? this.#find(location.hash);
    this.#show(faulty >= 0 ? faulty : (at ?? 0), false);
  }

  disconnectedCallback(): void {
    this.#listening.abort();
    this.#keys?.remove();
    for (const section of this.#sections) section.hidden = false;
  }

  #links(): HTMLAnchorElement[] {
    return [...this.querySelectorAll<HTMLAnchorElement>(":scope > nav a")];
  }

  #find(hash: string): number | undefined {
    const at = this.#sections.findIndex((section) => hash === `#${section.id}`);
    return at < 0 ? undefined : at;
  }

  #show(at: number, moveFocus: boolean): void {
    this.#sections.forEach((section, index) => (section.hidden = index !== at));
    this.#links().forEach((link, index) => {
      if (index === at) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    const [back, next] = [...(this.#keys?.children ?? [])] as HTMLButtonElement[];
    if (back) back.hidden = at === 0;
    if (next) next.hidden = at === this.#sections.length - 1;
    const heading = this.#sections[at]?.querySelector<HTMLElement>("h2");
    if (!moveFocus || !heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }

  #addKeys(signal: AbortSignal): HTMLElement {
    const row = document.createElement("div");
    row.className = "row";
    for (const [words, way] of [["← Back", -1], ["Next →", 1]] as const) {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = words;
      key.addEventListener("click", () => {
        const at = this.#sections.findIndex((section) => !section.hidden);
        this.#show(at + way, true);
      }, { signal });
      row.append(key);
    }
    this.#sections.at(-1)?.after(row);
    return row;
  }
}
