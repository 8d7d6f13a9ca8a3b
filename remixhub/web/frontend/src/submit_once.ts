// A form is sent once, however often its button is pressed; coming back by the browser's history makes it usable again.
// Listens on the way down: a form that is swapped in by htmx is sent by a listener of its own.

export function submitOnce(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.dataset["sent"] === "yes") {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else if (!form.hasAttribute("hx-post")) form.dataset["sent"] = "yes";
    },
    { capture: true },
  );
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset["sent"];
  });
}
