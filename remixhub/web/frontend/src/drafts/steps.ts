// The step whose section is being looked at is the current one.

/** Answers how to stop. */
export function followSteps(page: HTMLElement): () => void {
  const stop = new AbortController();
  let frame = 0;
  const mark = (): void => {
    frame = 0;
    const links = [...page.querySelectorAll<HTMLAnchorElement>(".steps a[href^='#']")];
    const line = window.innerHeight / 3;
    const tops = links.map((link) => page.querySelector(link.hash)?.getBoundingClientRect().top ?? Infinity);
    const current = Math.max(0, tops.filter((top) => top <= line).length - 1);
    links.forEach((link, place) => {
      if (place === current) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
  };
  const soon = (): void => {
    frame ||= requestAnimationFrame(mark);
  };
  window.addEventListener("scroll", soon, { passive: true, signal: stop.signal });
  const swapped = new MutationObserver(soon);
  swapped.observe(page, { childList: true, subtree: true });
  mark();
  return () => {
    stop.abort();
    swapped.disconnect();
    cancelAnimationFrame(frame);
  };
}
