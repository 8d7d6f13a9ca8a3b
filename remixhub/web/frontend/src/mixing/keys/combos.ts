// Keys as they are written in the table of keys: "Ctrl+Shift+z", "Shift+Space", "[". Ctrl is also Cmd.

/** Signs of the same key with Shift, of the keyboards on which it is another. */
const SHIFTED: Record<string, string> = { "<": ",", ";": ",", ">": ".", ":": "." };
const NAMES: Record<string, string> = {
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", PageUp: "Page ↑", PageDown: "Page ↓", Escape: "Esc",
  Backspace: "⌫", Delete: "Del",
};

export function comboOf(event: KeyboardEvent): string {
  const isAltGr = event.getModifierState("AltGraph"); // types [ and ] on many keyboards
  let key = event.key === " " ? "Space" : event.key;
  let isShift = event.shiftKey;
  if (key.length === 1) {
    key = key.toLowerCase();
    if (!isPlain(key) && event.code.startsWith("Key")) key = event.code.slice(3).toLowerCase(); // of other alphabets
    const twin = isShift ? SHIFTED[key] : undefined;
    if (twin !== undefined) key = twin;
    else if (!/[a-z]/.test(key)) isShift = false; // some keyboards need it for the sign
  }
  const isCtrl = (event.ctrlKey || event.metaKey) && !isAltGr;
  const isAlt = event.altKey && !isAltGr;
  return `${isCtrl ? "Ctrl+" : ""}${isAlt ? "Alt+" : ""}${isShift ? "Shift+" : ""}${key}`;
}

/** As it stands on the keys. */
export function comboText(combo: string): string {
  return combo.replace(/(.)$|(\w{2,})$/, (key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** A letter or a sign alone: what a screen reader's own keys may be, and what can be turned off. */
export function isLetter(combo: string): boolean {
  return /^(Shift\+)?.$/.test(combo);
}

function isPlain(key: string): boolean {
  return key >= "!" && key <= "~";
}
