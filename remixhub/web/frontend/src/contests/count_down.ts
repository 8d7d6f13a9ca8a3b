// The time until a deadline, by the server's clock: what is left when the page was made, counted down from there.
export class CountDown extends HTMLElement {
  private timer: number | undefined;

  connectedCallback(): void {
    const until = performance.now() + Number(this.getAttribute("seconds") ?? 0) * 1000;
    const show = (): void => {
      const left = Math.max(0, Math.round((until - performance.now()) / 1000));
      this.textContent = words(left);
      if (left === 0) window.clearInterval(this.timer);
    };
    this.timer = window.setInterval(show, 1000);
    show();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }
}

function words(seconds: number): string {
  if (seconds === 0) return "now";
  const days = Math.floor(seconds / 86400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = clock.map((one) => String(one).padStart(2, "0")).join(":");
  return days > 0 ? `${days} ${days === 1 ? "day" : "days"} ${text}` : text;
}
