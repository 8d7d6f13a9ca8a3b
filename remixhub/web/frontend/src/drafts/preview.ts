// How it will look, as it is typed: every `data-shows` has the text of the field that it names.

export function showPreview(page: HTMLElement, form: HTMLFormElement): void {
  for (const place of page.querySelectorAll<HTMLElement>("[data-shows]")) {
    const text = textOf(form, place.dataset["shows"] ?? "");
    if (text !== null && place.textContent !== text) place.textContent = text;
  }
}

function textOf(form: HTMLFormElement, name: string): string | null {
  if (name === "licence") {
    const other = form.querySelector<HTMLInputElement>('[name="other_licence"]')?.value.trim();
    const chosen = form.querySelector<HTMLInputElement>('[name="licence"]:checked');
    return other || (chosen?.closest("label")?.querySelector("strong")?.textContent ?? null);
  }
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return null;
  const text = field.value.trim();
  return name === "tempo_bpm" && /^[\d.,]+$/.test(text) ? `${text} BPM` : text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
