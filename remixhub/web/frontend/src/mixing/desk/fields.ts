// The inspector's fields: each is a text that says its unit, and is taken when it can be read.
import { make, set } from "./make";

export interface Field {
  /** Its own among the fields that are shown. */
  readonly key: string;
  readonly label: string;
  readonly text: string;
  /** Answers what is wrong, null when it was taken. */
  take(typed: string): string | null;
}

export interface Row {
  readonly key: string;
  readonly fields: readonly Field[];
  readonly remove: { readonly label: string; act(): void } | null;
}

/** A field with its fault beside it: what was typed stays until it is mended or, by Escape, given up. */
export class FieldView {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #fault: HTMLElement;

  constructor(
    private field: Field,
    canEdit: boolean,
    isLabelSeen: boolean,
  ) {
    const id = `inspect-${field.key}`;
    this.#input = make("input", { id, type: "text", autocomplete: "off", enterkeyhint: "done", value: field.text, readonly: !canEdit });
    this.#fault = make("span", { id: `${id}-fault`, class: "fault", hidden: true });
    const label = make("label", { for: id, text: field.label, class: isLabelSeen ? null : "visually-hidden" });
    this.element = make("div", { class: "field" }, label, this.#input, this.#fault);
    this.#input.addEventListener("change", () => this.#take());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#input.value !== this.field.text) {
        event.stopPropagation(); // the first gives up what was typed, the second leaves
        this.#show(null);
      }
      if (event.key === "Enter") this.#take();
    });
  }

  /** The same field as it is now; what is being typed is not written over. */
  update(field: Field): void {
    const isBeingTyped = this.#input === document.activeElement && this.#input.value !== this.field.text;
    const isFaulty = this.#input.getAttribute("aria-invalid") !== null;
    this.field = field;
    if (!isBeingTyped && !isFaulty && this.#input.value !== field.text) this.#input.value = field.text;
  }

  focus(): void {
    this.#input.focus();
  }

  #take(): void {
    if (this.#input.readOnly) return;
    this.#show(this.#input.value === this.field.text ? null : this.field.take(this.#input.value));
  }

  #show(fault: string | null): void {
    set(this.#input, "aria-invalid", fault === null ? null : "true");
    set(this.#input, "aria-describedby", fault === null ? null : this.#fault.id);
    this.#fault.hidden = fault === null;
    this.#fault.textContent = fault ?? "";
    if (fault === null) this.#input.value = this.field.text;
  }
}

/** A number within bounds, with or without its unit; else what would be one. */
export function typedNumber(text: string, unit: string, low: number, high: number, take: (value: number) => void): string | null {
  const plain = text.toLowerCase().replace(/\s+/g, "").replace("−", "-").replace(",", ".").replace(unit.toLowerCase(), "");
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
  if (!(value >= low && value <= high)) return `${signed(low)} to ${signed(high)}${unit === "" ? "" : ` ${unit}`}`;
  take(value);
  return null;
}

function signed(value: number): string {
  return String(value).replace("-", "−");
}
