// The time until a deadline, by the clock here: the page may have been kept for long, so it says when and not how long.
// `boxes` shows days, hours and minutes, and in the last hour minutes and seconds; without it the time is a line of text.
export class CountDown extends HTMLElement {
  #timer: number | undefined;

  connectedCallback(): void {
    this.setAttribute("role", "timer");
    const until = Date.parse(this.getAttribute("until") ?? "");
    const show = (): void => {
      const left = Math.max(0, Math.round((until - Date.now()) / 1000));
      if (this.hasAttribute("boxes")) this.#boxes(left);
      else this.textContent = words(left);
      if (left === 0) window.clearInterval(this.#timer);
    };
    this.#timer = window.setInterval(show, 1000);
    show();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  #boxes(left: number): void {
    const units: [number, string][] = [
      [Math.floor(left / 86400), "days"],
      [Math.floor(left / 3600) % 24, "hours"],
      [Math.floor(left / 60) % 60, "min"],
      [left % 60, "s"],
    ];
    const shown = left < 3600 ? units.slice(2) : units.slice(0, 3);
    const boxes = shown.map(([number, unit]) => {
      const box = document.createElement("span");
      const name = document.createElement("small");
      name.textContent = unit;
      box.append(`${String(number).padStart(2, "0")} `, name, " ");
      return box;
    });
    this.replaceChildren(...boxes);
  }
}

function words(seconds: number): string {
  if (seconds === 0) return "now";
  const days = Math.floor(seconds / 86400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = clock.map((one) => String(one).padStart(2, "0")).join(":");
  return days > 0 ? `${days} ${days === 1 ? "day" : "days"} ${text}` : text;
}
