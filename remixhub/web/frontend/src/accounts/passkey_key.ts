// <passkey-key does="sign-in | second-step | prove | add" leads-to="/…">: a button that asks an authenticator. Hidden where
// the browser has no passkeys. At signing in the browser also offers them in the field for the name.
import { answerChallenge, askChallenge, Problem } from "../api";
import { createPasskey, getPasskey } from "./credentials";

const ROUTES: Record<string, [ask: string, answer: string]> = {
  "sign-in": ["/sessions/passkey-options", "/sessions/passkey"],
  "second-step": ["/sessions/second-step/passkey-options", "/sessions/second-step"],
  prove: ["/account/proof/passkey-options", "/account/proof"],
  add: ["/account/passkey-options", "/account/passkeys"],
};
/** No passkey belongs to a host without a name; who adds one is told so. */
const IS_ADDRESS = /^[\d.]+$|:/;
/** A challenge is good for five minutes. */
const OFFERED_ANEW_MS = 4 * 60_000;

export class PasskeyKey extends HTMLElement {
  private pending = new AbortController();
  private timer = 0;

  connectedCallback(): void {
    if (!("PublicKeyCredential" in window)) return;
    if (IS_ADDRESS.test(location.hostname) && this.does !== "add") return;
    this.hidden = false;
    const key = this.querySelector("button");
    if (key) key.onclick = () => void this.press(key);
    this.querySelector<HTMLInputElement>("input")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") key?.click();
    });
    if (this.does === "sign-in") void this.offerInField();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
    this.pending.abort();
  }

  private get does(): string {
    return this.getAttribute("does") ?? "";
  }

  private async press(key: HTMLButtonElement): Promise<void> {
    key.disabled = true;
    this.say("");
    try {
      await this.carryOut(false);
    } catch (error) {
      this.say(words(error));
      if (this.does === "sign-in") void this.offerInField();
    } finally {
      key.disabled = false;
    }
  }

  /** Quietly: who types a name and a password has not asked for anything. */
  private async offerInField(): Promise<void> {
    const canOffer = await PublicKeyCredential.isConditionalMediationAvailable?.();
    if (!canOffer || !this.isConnected) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.offerInField(), OFFERED_ANEW_MS);
    try {
      await this.carryOut(true);
    } catch (error) {
      if (error instanceof Problem) this.say(words(error));
    }
  }

  private async carryOut(conditional: boolean): Promise<void> {
    const route = ROUTES[this.does];
    if (!route) return;
    this.pending.abort();
    const { signal } = (this.pending = new AbortController());
    const [ask, answer] = route.map((path) => `/api/v1${path}`) as [string, string];
    if (this.does === "add") {
      const passkey = await createPasskey(await askChallenge(ask));
      const name = this.querySelector<HTMLInputElement>("input")?.value.trim() || "Passkey";
      await answerChallenge(answer, { passkey, name });
    } else {
      const passkey = await getPasskey(await askChallenge(ask), signal, conditional);
      await answerChallenge(answer, { passkey });
    }
    this.goOn();
  }

  /** To the page, or with what was typed to the form that waits for the proof. */
  private goOn(): void {
    const form = this.closest("form");
    const again = form?.querySelector<HTMLInputElement>("[name=proof_again]")?.value;
    if (form && again) {
      form.action = again;
      form.submit();
    } else location.assign(this.getAttribute("leads-to") || "/");
  }

  private say(told: string): void {
    const said = this.querySelector("output");
    if (said) said.value = told;
  }
}

function words(error: unknown): string {
  if (error instanceof Problem) {
    return error.code === "proof_needed" ? "It is a while since you proved who you are: load the page again." : error.message;
  }
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "This device has a passkey of yours already.";
  if (name === "SecurityError") return "Passkeys need the hub's name in the address, such as localhost, not a number.";
  if (name === "NotAllowedError" || name === "AbortError") return "No passkey was used. Try again, or take another way.";
  return "The browser could not use a passkey here. Take another way.";
}
