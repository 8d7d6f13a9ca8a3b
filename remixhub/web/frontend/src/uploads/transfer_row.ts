// One line of the list of transfers: name, how far it is, what may be done about it.

export type TransferState = "sending" | "checking" | "interrupted" | "rejected" | "failed" | "said";

export class TransferRow {
  readonly element = document.createElement("li");
  #name = document.createElement("span");
  #tools = document.createElement("span");
  #state = document.createElement("span");
  #bar = document.createElement("progress");

  constructor(list: HTMLElement, filename: string) {
    this.element.className = "transfer";
    this.#name.className = "name";
    this.#name.textContent = filename;
    this.#tools.className = "row";
    this.#state.className = "state";
    this.#name.dir = "auto";
    this.#bar.max = 100;
    this.#bar.setAttribute("aria-label", `Progress of ${filename}`);
    this.element.append(this.#name, this.#tools, this.#state, this.#bar);
    list.append(this.element);
  }

  show(state: TransferState, text: string, percent: number | null = null): void {
    this.element.dataset["state"] = state;
    if (this.#state.textContent !== text) this.#state.textContent = text;
    this.#bar.hidden = state === "rejected" || state === "failed" || state === "said";
    if (percent === null) this.#bar.removeAttribute("value");
    else this.#bar.value = percent;
  }

  /** Replaces the buttons. */
  offer(choices: Record<string, () => void>): void {
    this.#tools.replaceChildren(
      ...Object.entries(choices).map(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "slim";
        button.textContent = label;
        button.setAttribute("aria-label", `${label} ${this.#name.textContent ?? ""}`);
        button.addEventListener("click", act);
        return button;
      }),
    );
  }

  remove(): void {
    this.element.remove();
  }
}
