// The queue as a list: what plays is marked; pieces are moved by a handle, with the pointer or with the arrow keys.
import { player } from "./player";
import type { Piece } from "./queue";

export class QueueList {
  readonly element = document.createElement("section");
  #list = document.createElement("ol");
  #said = document.createElement("p");
  #shown = "";

  constructor() {
    this.element.className = "queue";
    this.element.hidden = true;
    this.element.setAttribute("aria-label", "Queue");
    this.#said.className = "visually-hidden";
    this.#said.setAttribute("role", "status");
    const head = document.createElement("div");
    head.className = "row apart";
    const title = document.createElement("h2");
    title.textContent = "Queue";
    const clear = button("Clear", "Clear what waits", () => player.clear());
    clear.className = "slim";
    head.append(title, clear);
    this.#list.className = "queue-list";
    this.element.append(head, this.#list, this.#said);
  }

  /** Set by the bar: where the focus goes when the list is closed. */
  onClose: () => void = () => undefined;

  close(): void {
    this.element.hidden = true;
    this.onClose();
  }

  /** Rebuilt only when the queue changed; the focus stays on the same key of the same piece. */
  show(): void {
    const { pieces, at } = player.queue;
    const shown = JSON.stringify([pieces.map((piece) => piece.sound), at]);
    if (this.element.hidden || shown === this.#shown) return;
    this.#shown = shown;
    const focus = this.#focused();
    this.#list.replaceChildren(...pieces.map((piece, i) => this.#row(piece, i, i === at)));
    if (focus === null) return;
    const row = this.#rowOf(focus.sound) ?? this.#list.children[Math.min(focus.at, pieces.length - 1)];
    row?.querySelectorAll("button")[focus.key]?.focus();
  }

  #focused(): { sound: string; at: number; key: number } | null {
    const row = document.activeElement?.closest<HTMLLIElement>(".queue-list > li");
    if (!row) return null;
    const key = [...row.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    return { sound: row.dataset["sound"] ?? "", at: [...this.#list.children].indexOf(row), key: Math.max(key, 0) };
  }

  #rowOf(sound: string): Element | undefined {
    return [...this.#list.children].find((row) => (row as HTMLElement).dataset["sound"] === sound);
  }

  #row(piece: Piece, at: number, isCurrent: boolean): HTMLLIElement {
    const row = document.createElement("li");
    row.dataset["sound"] = piece.sound;
    if (isCurrent) row.setAttribute("aria-current", "true");
    const handle = button("⋮⋮", `Move ${piece.title}: arrow up, arrow down`, () => undefined);
    handle.className = "mini handle";
    handle.addEventListener("keydown", (event) => {
      const to = event.key === "ArrowUp" ? at - 1 : event.key === "ArrowDown" ? at + 1 : -1;
      if (to < 0) return;
      event.preventDefault();
      this.#move(at, to);
    });
    handle.addEventListener("pointerdown", (event) => this.#drag(event, row));
    const name = document.createElement("button");
    name.type = "button";
    name.className = "plain queue-name";
    name.append(span(piece.title, "title"), span(piece.artist, "soft"));
    name.addEventListener("click", () => player.jump([...this.#list.children].indexOf(row)));
    const remove = button("×", `Remove ${piece.title} from the queue`, () => {
      player.remove([...this.#list.children].indexOf(row));
      this.#said.textContent = `${piece.title} is removed.`;
    });
    remove.className = "mini";
    row.append(handle, name, remove);
    return row;
  }

  #move(from: number, to: number): void {
    const piece = player.queue.pieces[from];
    player.move(from, to);
    const { length } = player.queue.pieces;
    if (piece && to < length) this.#said.textContent = `${piece.title} is ${to + 1} of ${length}.`;
  }

  #drag(event: PointerEvent, row: HTMLLIElement): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const from = [...this.#list.children].indexOf(row);
    row.classList.add("dragged");
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener("pointermove", (moved) => {
      const other = [...this.#list.children].find((one) => {
        const box = one.getBoundingClientRect();
        return one !== row && moved.clientY > box.top && moved.clientY < box.bottom;
      });
      if (other === undefined) return;
      const isBelow = (row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      if (isBelow) other.after(row);
      else other.before(row);
    }, { signal });
    const end = () => {
      stop.abort();
      row.classList.remove("dragged");
      const to = [...this.#list.children].indexOf(row);
      this.#shown = ""; // the rows were moved by hand
      if (to !== from) this.#move(from, to);
    };
    window.addEventListener("pointerup", end, { signal });
    window.addEventListener("pointercancel", end, { signal });
  }
}

function button(words: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function span(words: string, className: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = className;
  made.dir = "auto";
  made.textContent = words;
  return made;
}
