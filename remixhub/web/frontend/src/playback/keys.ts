// Keys for the whole page, while no field has the focus: they steer what sounded last. Single letters may be turned off
// (WCAG 2.1.4), in the dialog that `?` opens.
import { player } from "./player";
import { lastVoice, type Voice } from "./solo";

const OFF = "remixhub:keys-off";
const LETTERS: Record<string, string> = {
  "Space, K": "play, pause",
  "← →": "5 seconds back, on",
  "J, L": "10 seconds back, on",
  "N, P": "next, previous in the queue",
  M: "silence",
  "?": "these keys",
};
const TYPING = "input, textarea, select, [contenteditable]:not([contenteditable='false']), dialog";
const PRESSED = "a, button, summary, audio, video, [role='slider'], [role='menuitem'], [role='tab'], [role='option'], [tabindex='0']";

/** Nobody's single letters mean anything then. */
export function lettersAreOff(): boolean {
  return localStorage.getItem(OFF) !== null;
}

export function setLettersOff(isOff: boolean): void {
  if (isOff) localStorage.setItem(OFF, "yes");
  else localStorage.removeItem(OFF);
}

export function listenForKeys(): void {
  // after all others: what a page does with a key comes first
  window.addEventListener("keydown", (event) => {
    const target = event.target as Element;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target.closest(TYPING)) return;
    const voice = lastVoice() ?? (player.piece === null ? null : player);
    if (voice === null || lettersAreOff()) return;
    const isPressed = target.closest(PRESSED) !== null;
    const act = actOf(event.key, voice, isPressed);
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function actOf(key: string, voice: Voice, isPressed: boolean): (() => void) | undefined {
  const by = (seconds: number) => () => voice.seek(Math.min(Math.max(voice.position + seconds, 0), voice.seconds));
  const free: Record<string, () => void> = isPressed
    ? {}
    : { " ": () => voice.toggle(), ArrowLeft: by(-5), ArrowRight: by(5) };
  const acts: Record<string, () => void> = {
    ...free,
    k: () => voice.toggle(),
    j: by(-10),
    l: by(10),
    n: () => player.next(),
    p: () => player.previous(),
    m: () => player.setVolume(player.audio.volume, !player.audio.muted),
    "?": showKeys,
  };
  return acts[key.length === 1 ? key.toLowerCase() : key];
}

export function showKeys(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "stack";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const rows = Object.entries(LETTERS).map(
    ([keys, does]) => `<tr><th scope="row">${keys.split(", ").map((one) => `<kbd>${one}</kbd>`).join(" ")}</th><td>${does}</td></tr>`,
  );
  dialog.innerHTML = `<h2 id="keys-title">Keys</h2>
    <p class="small">While no field or button has the focus. On a waveform: arrows, Home, End, Space.</p>
    <table><tbody>${rows.join("")}</tbody></table>
    <label class="choice"><input type="checkbox"><span>Listen to these keys</span></label>
    <form method="dialog"><button>Close</button></form>`;
  const listens = dialog.querySelector<HTMLInputElement>("input");
  if (listens !== null) {
    listens.checked = !lettersAreOff();
    listens.addEventListener("change", () => setLettersOff(!listens.checked));
  }
  const before = document.activeElement as HTMLElement | null;
  dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus();
  });
  document.addEventListener("htmx:after:swap", () => dialog.close(), { once: true }); // by the back button
  document.body.append(dialog);
  dialog.showModal();
}
