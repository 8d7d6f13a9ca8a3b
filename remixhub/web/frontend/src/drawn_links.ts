// Links inside of drawings are followed as all others are: htmx's boost knows links of HTML only.
import htmx from "htmx.org";

export function followDrawnLinks(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<SVGAElement>("svg a") : null;
    if (link === null || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    walkTo(link.href.baseVal);
  });
}

/** As if a link of the page had been pressed. It stays until the page goes: htmx speaks through it meanwhile. */
export function walkTo(address: string): void {
  document.querySelector("main > a[data-drawn]")?.remove();
  const link = document.createElement("a");
  link.href = address;
  link.hidden = true;
  link.dataset["drawn"] = "";
  document.querySelector("main")?.append(link);
  htmx.process(link);
  link.click();
}
