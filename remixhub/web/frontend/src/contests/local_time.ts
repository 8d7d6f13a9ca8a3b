// <local-time zone="Europe/Berlin"><time datetime="…">…</time></local-time>: adds when that is where the reader is,
// unless the clocks there show the same.
export class LocalTime extends HTMLElement {
  connectedCallback(): void {
    const time = this.querySelector("time");
    if (!time || this.querySelector("[data-here]")) return;
    const moment = new Date(time.dateTime);
    const there = this.#clock(moment, this.getAttribute("zone") ?? "UTC");
    const here = this.#clock(moment);
    if (Number.isNaN(moment.getTime()) || there === here) return;
    const added = document.createElement("span");
    added.dataset["here"] = "";
    added.className = "faint small";
    added.textContent = ` (${here} where you are)`;
    this.querySelector("[data-utc]")?.remove();
    this.append(added);
  }

  #clock(moment: Date, timeZone?: string): string {
    const shown: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false };
    return new Intl.DateTimeFormat("en-GB", timeZone === undefined ? shown : { ...shown, timeZone }).format(moment);
  }
}
