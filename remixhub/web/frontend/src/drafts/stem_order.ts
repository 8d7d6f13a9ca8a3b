// <stem-order order-url="…">: stems are put in order by dragging their grips, or by keyboard, without leaving the page.
// The one that is moved stays where it is in the document, and its neighbours step over it: so it keeps the focus.
import { Problem, problemOf } from "../api";

export class StemOrder extends HTMLElement {
  #lifted: HTMLElement | null = null;
  #before: string[] = [];
  #shown: string[] = [];
  #tidy = new AbortController();

  connectedCallback(): void {
    this.#tidy = new AbortController();
    const { signal } = this.#tidy;
    this.setAttribute("ready", "");
    this.addEventListener("keydown", (event) => this.#steer(event), { signal });
    this.addEventListener("pointerdown", (event) => this.#drag(event), { signal });
    this.addEventListener("focusout", (event) => {
      if (this.#lifted && !this.#lifted.contains(event.relatedTarget as Node | null)) void this.#drop();
    }, { signal });
  }

  disconnectedCallback(): void {
    this.#tidy.abort();
  }

  get #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-stem]")];
  }

  get #ids(): string[] {
    return this.#rows.map((row) => row.dataset["stem"] ?? "");
  }

  #steer(event: KeyboardEvent): void {
    const grip = (event.target as Element).closest<HTMLElement>(".grip");
    const row = grip?.closest<HTMLElement>("[data-stem]");
    if (!row) return;
    if (event.key === " " || event.key === "Enter") {
      if (this.#lifted === null) this.#lift(row);
      else void this.#drop();
    } else if (this.#lifted === row && event.key === "Escape") this.#putBack();
    else if (this.#lifted === row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      this.#step(row, event.key === "ArrowUp" ? -1 : 1);
      this.#say(`Place ${this.#rows.indexOf(row) + 1} of ${this.#rows.length}.`);
    } else return;
    event.preventDefault();
  }

  #drag(event: PointerEvent): void {
    const grip = (event.target as Element).closest<HTMLElement>(".grip");
    const row = grip?.closest<HTMLElement>("[data-stem]");
    if (!grip || !row || event.button !== 0) return;
    if (this.#lifted === null) this.#lift(row);
    grip.setPointerCapture(event.pointerId);
    const stop = new AbortController();
    const follow = (moved: PointerEvent): void => {
      const above = row.previousElementSibling?.getBoundingClientRect();
      const below = row.nextElementSibling?.getBoundingClientRect();
      if (above && moved.clientY < above.top + above.height / 2) this.#step(row, -1);
      else if (below && moved.clientY > below.top + below.height / 2) this.#step(row, 1);
    };
    const end = (isDone: boolean) => (): void => {
      stop.abort();
      if (isDone) void this.#drop();
      else this.#putBack();
    };
    grip.addEventListener("pointermove", follow, { signal: stop.signal });
    grip.addEventListener("pointerup", end(true), { signal: stop.signal });
    grip.addEventListener("pointercancel", end(false), { signal: stop.signal });
  }

  #lift(row: HTMLElement): void {
    this.#lifted = row;
    this.#before = this.#ids;
    row.classList.add("lifted");
    const place = this.#rows.indexOf(row) + 1;
    this.#say(`${labelOf(row)} lifted from place ${place} of ${this.#rows.length}. Arrows move it, Space puts it down, Escape puts it back.`);
  }

  #step(row: HTMLElement, by: 1 | -1): void {
    const neighbour = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (neighbour === null) return;
    if (by < 0) row.after(neighbour);
    else row.before(neighbour);
  }

  #putBack(): void {
    const row = this.#lifted;
    if (row === null) return;
    this.#show(this.#before, row);
    this.#lifted = null;
    row.classList.remove("lifted");
    this.#say(`${labelOf(row)} is back at place ${this.#rows.indexOf(row) + 1}.`);
  }

  async #drop(): Promise<void> {
    const row = this.#lifted;
    if (row === null) return;
    this.#lifted = null;
    row.classList.remove("lifted");
    const [seen, wanted] = [this.#before, this.#ids];
    this.#say(`${labelOf(row)} put down at place ${this.#rows.indexOf(row) + 1} of ${this.#rows.length}.`);
    if (wanted.join() === seen.join()) return;
    this.#shown = wanted;
    try {
      const answer = await fetch(this.getAttribute("order-url") ?? "", {
        method: "POST",
        headers: { Accept: "application/json, application/problem+json" },
        body: new URLSearchParams({ order: wanted.join(","), seen: seen.join(",") }),
      });
      if (!answer.ok) throw await problemOf(answer);
    } catch (fault) {
      if (this.#shown === wanted) this.#show(seen, row);
      this.#say(fault instanceof Problem ? `Not moved: ${fault.message}` : "Not moved: the server cannot be reached.", true);
    }
  }

  /** Puts all but the given one around it. */
  #show(ids: string[], fixed: HTMLElement): void {
    const place = ids.indexOf(fixed.dataset["stem"] ?? "");
    const rows = new Map(this.#rows.map((row) => [row.dataset["stem"] ?? "", row]));
    for (const id of ids.slice(0, place)) fixed.before(rows.get(id) ?? "");
    for (const id of ids.slice(place + 1).reverse()) fixed.after(rows.get(id) ?? "");
  }

  #say(text: string, isFault = false): void {
    const place = this.querySelector<HTMLElement>(":scope > [role=status]");
    if (place === null) return;
    place.classList.toggle("visually-hidden", !isFault);
    place.classList.toggle("fault", isFault);
    place.textContent = text;
  }
}

function labelOf(row: HTMLElement): string {
  return row.querySelector<HTMLInputElement>("input[name^='name-']")?.value ?? row.dataset["label"] ?? "The stem";
}
