// Elements in a line each.

type Given = Record<string, string | number | boolean | null | undefined>;

/** `text` is the element's text; `true` an empty attribute; `false`, `null` and `undefined` none. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  given: Given = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key === "text") element.textContent = String(value);
    else set(element, key, value);
  }
  element.append(...inside);
  return element;
}

/** Writes only what changes: attributes are written once a frame while it plays. */
export function set(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else {
    const written = value === true ? "" : String(value);
    if (element.getAttribute(name) !== written) element.setAttribute(name, written);
  }
}

export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A key of the desk: small, named, pressed by `act`. */
export function key(name: string, label: string, act: (event: MouseEvent) => void, given: Given = {}): HTMLButtonElement {
  const button = make("button", { type: "button", class: "mini", text: label, "aria-label": name, title: name, ...given });
  button.addEventListener("click", act);
  return button;
}
