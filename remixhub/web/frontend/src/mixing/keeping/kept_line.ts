// The line that says where the mix is kept, and asks when two states of it are there.
import { make } from "../desk/make";
import type { Room } from "../desk/room";

export class KeptLine {
  readonly #line = make("div", { class: "kept-line row" });
  #trouble = "";
  #kept = "";

  constructor(
    place: HTMLElement,
    private readonly room: Room,
    private readonly openEarlier: () => void,
  ) {
    place.append(this.#line);
    const { page } = room;
    if (page.is_read_only) place.prepend(make("span", { class: "figure", text: "read only" }));
    else if (page.draft !== null) this.#kept = "earlier versions";
    this.quiet();
  }

  /** Whether something is still to be brought to the account. */
  mark(isUnsent: boolean): void {
    this.#line.toggleAttribute("data-unsent", isUnsent);
  }

  kept(clock: string): void {
    const wasTrouble = this.#trouble !== "";
    this.#kept = `kept ${clock}`;
    this.quiet();
    if (wasTrouble) this.room.desk.say("All of it is kept again");
  }

  /** Of visitors, whom no account keeps anything for. */
  keptHere(isKept: boolean): void {
    const said = make("span", { class: "figure", text: isKept ? "kept in this browser" : "not kept: this browser keeps nothing" });
    this.#show(said, this.#signIn("Sign in to keep it in your account"));
  }

  signIn(text: string): void {
    this.#say(text);
    this.#show(make("strong", { text }), this.#signIn("Sign in"));
  }

  trouble(text: string): void {
    this.#say(text);
    this.#show(make("strong", { text }));
  }

  ask(question: string, answers: Record<string, () => void>): void {
    this.#say(question);
    const keys = Object.entries(answers).map(([label, act]) => {
      const button = make("button", { type: "button", class: "slim", text: label });
      button.addEventListener("click", act);
      return button;
    });
    this.#show(make("strong", { text: question }), ...keys);
  }

  /** No trouble any more: what was kept last. */
  quiet(): void {
    this.#trouble = "";
    this.#show(...(this.#kept === "" ? [] : [this.#earlier(this.#kept)]));
  }

  #say(text: string): void {
    if (text !== this.#trouble) this.room.desk.say(text);
    this.#trouble = text;
  }

  #earlier(text: string): HTMLElement {
    const button = make("button", { type: "button", class: "plain figure", "aria-haspopup": "dialog", title: "Earlier versions", text });
    button.addEventListener("click", this.openEarlier);
    return button;
  }

  #signIn(text: string): HTMLElement {
    return make("a", { href: this.room.page.urls.sign_in, text });
  }

  #show(...parts: HTMLElement[]): void {
    this.#line.replaceChildren(...parts);
  }
}
