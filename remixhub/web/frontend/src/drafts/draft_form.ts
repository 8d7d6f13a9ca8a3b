// <draft-form form="draft" work="…">: the editor of a draft. What is typed into the form is kept as it is typed; what the
// server cannot take yet stays in this browser, and is told beside its field.
import { askBeforeLeaving } from "../leaving";
import { clockOf, FormFaults } from "./form_faults";
import { followSteps } from "./steps";
import { showPreview } from "./preview";
import { controlsOf, fill, isControl, TypedCopy, valuesOf, type Typing } from "./typed_copy";

const PAUSE_MS = 900;
const AGAIN_MS = 8000;
const CREDITS = ["credit_name", "credit_role", "credit_share"];

interface Told {
  kept_at: string;
  stamps: Record<string, string>;
  faults: Record<string, string>;
  outdated: string[];
  is_news: boolean;
}

export class DraftForm extends HTMLElement {
  #form: HTMLFormElement | null = null;
  #copy = new TypedCopy("");
  #faults: FormFaults | null = null;
  #touched = new Set<string>();
  #timer = 0;
  #saving: Promise<void> | null = null;
  #tidy: (() => void)[] = [];

  connectedCallback(): void {
    const form = document.getElementById(this.getAttribute("form") ?? "");
    if (!(form instanceof HTMLFormElement)) return;
    this.#form = form;
    this.#copy = new TypedCopy(`${this.getAttribute("work")}:${form.id}`);
    this.#faults = new FormFaults(this, form);
    this.#listen();
    this.#tidy.push(followSteps(this));
    showPreview(this, form);
    void this.#restore();
  }

  disconnectedCallback(): void {
    this.#saveNow();
    for (const tidy of this.#tidy) tidy();
    this.#tidy = [];
  }

  /** Resolves once all that was typed was sent, or could not be. */
  async flush(): Promise<void> {
    window.clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
    if (this.#touched.size > 0) await this.#save();
  }

  #listen(): void {
    const stop = new AbortController();
    const { signal } = stop;
    this.addEventListener("input", (event) => this.#note(event), { signal });
    this.addEventListener("change", (event) => this.#note(event), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal, capture: true });
    document.addEventListener("submit", (event) => this.#before(event), { signal, capture: true });
    window.addEventListener("online", () => void this.flush(), { signal });
    window.addEventListener("offline", () => this.#say("Offline: what you type stays in this browser.", "bad"), { signal });
    window.addEventListener("pagehide", () => this.#saveNow(), { signal });
    this.#tidy.push(() => stop.abort());
    this.#tidy.push(askBeforeLeaving(() => {
      const isLost = this.#touched.size > 0 && this.#copy.read() === null; // this browser keeps nothing
      return isLost ? "What you typed last is not kept yet. Leave all the same?" : null;
    }));
  }

  #note(event: Event): void {
    const control = event.target;
    if (!isControl(control) || control.form !== this.#form || control.name === "" || control.type === "file") return;
    for (const name of CREDITS.includes(control.name) ? CREDITS : [control.name]) this.#touched.add(name);
    this.#keepCopy();
    if (this.#form) showPreview(this, this.#form);
    window.clearTimeout(this.#timer);
    const hasChosen = control instanceof HTMLSelectElement || control.type === "radio";
    this.#timer = window.setTimeout(() => void this.#save(), event.type === "change" && hasChosen ? 0 : PAUSE_MS);
  }

  #keepCopy(): void {
    if (this.#form === null) return;
    const form = this.#form;
    const fields = Object.fromEntries([...this.#touched].map((name) => [name, valuesOf(form, name)]));
    const stamps = controlsOf(form).filter((one) => one.name === "seen" || one.name.startsWith("seen-"));
    const typing: Typing = { seen: Object.fromEntries(stamps.map((one) => [one.name, one.value])), fields };
    if (this.#touched.size === 0) this.#copy.clear();
    else this.#copy.write(typing);
  }

  /** What an earlier page could not bring to the server. */
  async #restore(): Promise<void> {
    const form = this.#form;
    const kept = this.#copy.read();
    if (form === null || kept === null || this.hasAttribute("typed")) return;
    if (CREDITS.some((name) => name in kept.fields)) {
      await customElements.whenDefined("credit-rows");
      const rows = this.querySelector("credit-rows") as (Element & { grow?: (count: number) => void }) | null;
      rows?.grow?.(kept.fields["credit_name"]?.length ?? 0);
    }
    let differs = false;
    for (const [name, values] of Object.entries(kept.fields)) {
      if (controlsOf(form, name).length === 0 || valuesOf(form, name).join("\n") === values.join("\n")) continue;
      differs = true;
      fill(form, name, values);
      this.#touched.add(name);
    }
    if (!differs) {
      this.#copy.clear();
      return;
    }
    for (const [name, stamp] of Object.entries(kept.seen)) for (const one of controlsOf(form, name)) one.value = stamp;
    showPreview(this, form);
    this.#say("Brought back what you typed here before.");
    await this.#save();
  }

  async #save(): Promise<void> {
    if (this.#saving) {
      await this.#saving;
      if (this.#touched.size === 0) return;
    }
    this.#saving = this.#send().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #send(): Promise<void> {
    const form = this.#form;
    if (form === null) return;
    const sent = new Map([...this.#touched].map((name) => [name, valuesOf(form, name).join("\n")]));
    let answer: Response;
    try {
      answer = await fetch(form.action, this.#request(form));
    } catch {
      this.#say("The server cannot be reached: what you type stays in this browser.", "bad");
      this.#timer = window.setTimeout(() => void this.#save(), AGAIN_MS);
      return;
    }
    if (!answer.ok) {
      const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
      this.#say(`Not kept by the server. ${problem.detail ?? ""} It stays in this browser.`, "bad");
      return;
    }
    const told = (await answer.json()) as Told;
    this.#take(form, told, sent);
  }

  #take(form: HTMLFormElement, told: Told, sent: Map<string, string>): void {
    const isOutdated = (name: string): boolean => told.outdated.includes(stampOf(name));
    for (const [name, value] of sent) {
      const isKept = !(name in told.faults) && !isOutdated(name) && !(name.startsWith("credit_") && told.faults["credits"]);
      if (isKept && valuesOf(form, name).join("\n") === value) this.#touched.delete(name);
    }
    for (const [name, stamp] of Object.entries(told.stamps)) {
      if (!told.outdated.includes(name)) for (const one of controlsOf(form, name)) one.value = stamp;
    }
    this.#keepCopy();
    this.#faults?.show(told.faults);
    if (told.outdated.length > 0) this.#tellConflict(form, told);
    else if (Object.keys(told.faults).length > 0) this.#say(`Kept ${clockOf(told.kept_at)}, but for the marked fields.`, "bad");
    else this.#say(`kept ${clockOf(told.kept_at)}`);
    if (told.is_news) document.dispatchEvent(new CustomEvent("remixhub:claimed"));
  }

  #tellConflict(form: HTMLFormElement, told: Told): void {
    this.#say("This was changed elsewhere meanwhile. Yours is kept in this browser.", "bad", {
      "Keep mine": () => {
        for (const name of told.outdated) for (const one of controlsOf(form, name)) one.value = told.stamps[name] ?? "";
        void this.#save();
      },
      "Take what is there": () => {
        this.#touched.clear();
        this.#copy.clear();
        location.reload();
      },
    });
  }

  /** The form's own key keeps without a new page; those with an address of their own bring all that is typed with them. */
  #submit(event: SubmitEvent): void {
    const form = this.#form;
    if (form === null || event.target !== form || form.id === "version") return;
    if (event.submitter?.hasAttribute("formaction")) {
      window.clearTimeout(this.#timer);
      this.#touched.clear();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    delete form.dataset["sent"];
    for (const control of controlsOf(form)) if (control.type !== "hidden" && control.name) this.#touched.add(control.name);
    void this.flush();
  }

  /** Another form of the page is sent: what was typed goes before it. */
  #before(event: SubmitEvent): void {
    const other = event.target as HTMLFormElement;
    if (other === this.#form || !this.contains(other) || other.hasAttribute("hx-post") || this.#touched.size === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.flush().then(() => {
      this.#touched.clear(); // what could not be kept stays in the copy
      delete other.dataset["sent"];
      other.requestSubmit(event.submitter);
    });
  }

  #saveNow(): void {
    window.clearTimeout(this.#timer);
    const form = this.#form;
    if (form === null || this.#touched.size === 0) return;
    this.#keepCopy();
    void fetch(form.action, this.#request(form)).catch(() => undefined); // the copy is there
  }

  #request(form: HTMLFormElement): RequestInit {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    return { method: "POST", headers: { Accept: "application/json, application/problem+json" }, body, keepalive: true };
  }

  #say(text: string, kind = "", acts: Record<string, () => void> = {}): void {
    const place = this.querySelector<HTMLElement>(".kept");
    if (place === null) return;
    place.className = `kept figure ${kind}`;
    const keys = Object.entries(acts).map(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "slim";
      button.textContent = label;
      button.addEventListener("click", act);
      return button;
    });
    place.replaceChildren(text, ...keys);
  }
}

/** The stamp under which a field is kept. */
function stampOf(name: string): string {
  const of = /-([0-9a-f]{32})$/.exec(name);
  return of ? `seen-${of[1]}` : "seen";
}
