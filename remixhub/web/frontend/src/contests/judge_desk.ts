// <judge-desk>: the keys of the desk, and scores that are kept as they are given.
// `next` and `previous` are links with `data-go`; the form has its address for the API in `data-kept-at`.
import { keepScores } from "../api";
import { isTyping } from "./keys";

export class JudgeDesk extends HTMLElement {
  #gone = new AbortController();
  #kept = "";
  #queue: Promise<void> = Promise.resolve();

  connectedCallback(): void {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    document.addEventListener("keydown", (event) => this.#press(event), { signal });
    for (const said of this.querySelectorAll<HTMLElement>("[data-keys]")) said.hidden = false;
    const form = this.#form;
    if (!form) return;
    this.#restore(form);
    this.#kept = form.hasAttribute("data-scored") ? JSON.stringify(this.#given(form)) : "";
    form.addEventListener("input", () => this.#remember(form), { signal });
    form.addEventListener("change", () => this.#keep(form), { signal });
  }

  disconnectedCallback(): void {
    this.#gone.abort();
  }

  get #form(): HTMLFormElement | null {
    return this.querySelector<HTMLFormElement>("form[data-kept-at]");
  }

  #press(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#form?.requestSubmit();
      return;
    }
    if (event.key === "Escape" && document.activeElement instanceof HTMLElement) document.activeElement.blur(); // back to the keys
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = event.key.toLowerCase();
    if (key === "j") this.#go("next");
    else if (key === "k") this.#go("previous");
    else if (key === "s") this.#form?.querySelector<HTMLInputElement>("input[type=number]")?.focus();
    else return;
    event.preventDefault();
  }

  #go(where: string): void {
    this.querySelector<HTMLAnchorElement>(`a[data-go="${where}"]`)?.click();
  }

  #given(form: HTMLFormElement): { scores: Record<string, number>; note: string } | null {
    const scores: Record<string, number> = {};
    for (const input of form.querySelectorAll<HTMLInputElement>("input[type=number]")) {
      if (input.value === "" || !input.validity.valid) return null;
      scores[input.name.replace("score-", "")] = Number(input.value);
    }
    return { scores, note: form.querySelector("textarea")?.value ?? "" };
  }

  /** A ballot is whole: with one score missing it waits in the browser. */
  #keep(form: HTMLFormElement): void {
    const given = this.#given(form);
    const text = JSON.stringify(given);
    if (given === null || text === this.#kept) return;
    this.#kept = text;
    this.#queue = this.#queue.then(async () => {
      this.#say("Keeping…");
      try {
        await keepScores(form.dataset["keptAt"] ?? "", given);
        sessionStorage.removeItem(this.#name(form));
        this.#say("Kept. You can change it until the judging closes.");
        document.querySelector(`[data-jump="${form.dataset["entry"]}"]`)?.setAttribute("data-scored", "");
      } catch (fault) {
        this.#kept = "";
        this.#say(`Not kept: ${fault instanceof Error ? fault.message : "the server did not answer."} Try again.`);
      }
    });
  }

  #remember(form: HTMLFormElement): void {
    const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input[type=number], textarea")];
    sessionStorage.setItem(this.#name(form), JSON.stringify(Object.fromEntries(fields.map((one) => [one.name, one.value]))));
    this.#say(this.#given(form) === null ? "Not kept yet: a score is missing." : "");
  }

  #restore(form: HTMLFormElement): void {
    const typed = sessionStorage.getItem(this.#name(form));
    if (typed === null || form.hasAttribute("data-typed")) return;
    for (const [name, value] of Object.entries(JSON.parse(typed) as Record<string, string>)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
    }
  }

  #name(form: HTMLFormElement): string {
    return `desk ${form.dataset["keptAt"]}`;
  }

  #say(words: string): void {
    const line = this.querySelector("output[data-kept]");
    if (line) line.textContent = words;
  }
}
