// What is wrong, beside its field: shown as the server words it, and taken away once it is right.
import { controlsOf } from "./typed_copy";

export class FormFaults {
  constructor(
    readonly page: HTMLElement,
    readonly form: HTMLFormElement,
  ) {}

  show(faults: Record<string, string>): void {
    for (const old of this.page.querySelectorAll<HTMLElement>(".fault[id$='-fault']")) {
      if (!(old.id.replace(/-fault$/, "") in faults)) this.#clear(old);
    }
    for (const [name, text] of Object.entries(faults)) this.#mark(name, text);
  }

  #clear(fault: HTMLElement): void {
    const name = fault.id.replace(/-fault$/, "");
    for (const control of controlsOf(this.form, name)) control.removeAttribute("aria-invalid");
    fault.remove();
  }

  #mark(name: string, text: string): void {
    const id = `${name}-fault`;
    const old = document.getElementById(id);
    if (old !== null) {
      if (old.textContent !== text) old.textContent = text;
      return;
    }
    const [control] = controlsOf(this.form, name);
    const around = control?.closest(".field, fieldset") ?? this.page.querySelector(`.field:has(#${CSS.escape(name)})`);
    const fault = document.createElement("span");
    fault.id = id;
    fault.className = "fault";
    fault.textContent = text;
    (around ?? this.form).append(fault);
    control?.setAttribute("aria-invalid", "true");
    control?.setAttribute("aria-describedby", [control.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  }
}

/** 12:04:31, by the reader's clock. */
export function clockOf(moment: string): string {
  return new Date(moment).toLocaleTimeString("en-GB", { hour12: false });
}
