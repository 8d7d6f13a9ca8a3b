// <credit-rows>: the credits as rows of name, role and share instead of lines of text.

export class CreditRows extends HTMLElement {
  connectedCallback(): void {
    const text = this.querySelector("textarea");
    if (text === null || this.querySelector(".credit-row") !== null) return;
    for (const kept of this.querySelectorAll<HTMLElement>(".credit-kept")) {
      const { name, roleName, share } = kept.dataset;
      this.#add([name ?? "", roleName ?? "", share ?? ""]);
      kept.remove();
    }
    this.#add();
    text.disabled = true;
    text.hidden = true;
    this.querySelector("label")?.removeAttribute("for");
    const hint = this.querySelector(".hint");
    if (hint) hint.textContent = "Name, role, and if you split what you get, a share in percent.";
    this.addEventListener("input", () => this.#leaveOneOpen());
  }

  /** So that as many rows can be filled. */
  grow(count: number): void {
    while (this.#rows.length < count) this.#add();
  }

  get #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".credit-row")];
  }

  #add(values: string[] = []): void {
    const template = this.querySelector("template");
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (template === null || row === undefined) return;
    const inputs = [...row.querySelectorAll("input")];
    inputs.forEach((input, place) => {
      input.value = values[place] ?? "";
      input.placeholder = ["Ada Miles", "cello", "20 %"][place] ?? "";
    });
    row.querySelector("button")?.addEventListener("click", () => {
      const next = row.nextElementSibling?.querySelector("input") ?? null;
      inputs.forEach((input) => (input.value = ""));
      inputs[0]?.dispatchEvent(new Event("input", { bubbles: true }));
      if (this.#rows.length > 1) row.remove();
      (next ?? this.querySelector<HTMLInputElement>(".credit-row input"))?.focus();
    });
    template.before(row);
  }

  #leaveOneOpen(): void {
    const last = this.#rows.at(-1);
    if (last && [...last.querySelectorAll("input")].some((input) => input.value !== "")) this.#add();
  }
}
