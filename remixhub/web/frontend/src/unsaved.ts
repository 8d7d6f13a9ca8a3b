// What was typed into a form is not lost without the question in its `data-unsaved`: leaving the page asks first, and so
// does sending another form. A form that comes back refused, with what was typed, is marked `data-typed`.
import { askBeforeLeaving } from "./leaving";

export function guardUnsaved(): void {
  const changed = new Set<HTMLFormElement>();
  const noteTyped = () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-unsaved][data-typed]")) changed.add(form);
  };
  const lost = (): HTMLFormElement | undefined => [...changed].find((form) => form.isConnected);
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLInputElement).form;
    if (form?.hasAttribute("data-unsaved")) changed.add(form);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.hasAttribute("hx-post")) return;
      const question = changed.has(form) ? undefined : lost()?.dataset["unsaved"];
      if (question === undefined || window.confirm(question)) changed.clear();
      else {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    { capture: true }, // before htmx hears of it
  );
  askBeforeLeaving(() => lost()?.dataset["unsaved"] ?? null);
  document.addEventListener("htmx:after:swap", noteTyped);
  document.addEventListener("htmx:error", (event) => {
    const form = (event as CustomEvent<{ ctx?: { request: { form?: HTMLFormElement } } }>).detail.ctx?.request.form;
    if (form?.hasAttribute("data-unsaved")) changed.add(form); // it did not arrive
  });
  noteTyped();
}
