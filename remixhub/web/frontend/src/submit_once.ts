// A form is sent once, however often its button is pressed; coming back by the browser's history makes it usable again.

export function submitOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["sent"] === "yes") event.preventDefault();
    else if (!form.hasAttribute("hx-post")) form.dataset["sent"] = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset["sent"];
  });
}
