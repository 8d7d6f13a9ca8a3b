// One drag, from the press to the release: by mouse, pen or finger.

export interface Drag {
  /** Pixels since the press, those included by which the lanes have scrolled meanwhile. */
  move(x: number, y: number, event: PointerEvent): void;
  /** `isCancelled`: by Escape, or because the browser took the pointer over. `wasMoved` is false for a mere press. */
  end?(isCancelled: boolean, wasMoved: boolean, event: Event): void;
}

const SLACK_PIXELS = 3;
/** So near the edge of the lanes a drag scrolls them on. */
const EDGE_PIXELS = 28;
const FASTEST_PIXELS = 14;

export function follow(event: PointerEvent, drag: Drag): void {
  const target = event.currentTarget as HTMLElement;
  const { pointerId, clientX, clientY } = event;
  const stop = new AbortController();
  const { signal } = stop;
  const roll = target.closest(".desk-strip") === null ? target.closest<HTMLElement>(".desk-roll") : null;
  const strip = roll?.querySelector<HTMLElement>(".desk-corner")?.offsetWidth ?? 0;
  const scrolled = roll?.scrollLeft ?? 0;
  let wasMoved = false;
  let last: PointerEvent | null = null;
  let frame = 0;
  target.setPointerCapture(pointerId);
  const end = (isCancelled: boolean, over: Event): void => {
    stop.abort();
    cancelAnimationFrame(frame);
    document.documentElement.removeAttribute("data-dragging");
    drag.end?.(isCancelled, wasMoved, over);
  };
  const move = (moved: PointerEvent): void => {
    const by = (roll?.scrollLeft ?? 0) - scrolled;
    drag.move(moved.clientX - clientX + by, moved.clientY - clientY, moved);
  };
  const scrollOn = (): void => {
    frame = 0;
    if (roll === null || last === null) return;
    const { left, right } = roll.getBoundingClientRect();
    const over = Math.max(0, last.clientX - right + EDGE_PIXELS) - Math.max(0, left + strip + EDGE_PIXELS - last.clientX);
    const before = roll.scrollLeft;
    if (over !== 0) roll.scrollLeft += Math.max(-FASTEST_PIXELS, Math.min(FASTEST_PIXELS, over / 2));
    if (roll.scrollLeft === before) return;
    move(last);
    frame = requestAnimationFrame(scrollOn);
  };
  target.addEventListener(
    "pointermove",
    (moved) => {
      if (moved.pointerId !== pointerId) return;
      const [x, y] = [moved.clientX - clientX, moved.clientY - clientY];
      if (!wasMoved && Math.hypot(x, y) < SLACK_PIXELS) return;
      wasMoved = true;
      document.documentElement.toggleAttribute("data-dragging", true);
      last = moved;
      move(moved);
      frame ||= requestAnimationFrame(scrollOn);
    },
    { signal },
  );
  target.addEventListener("pointerup", (over) => over.pointerId === pointerId && end(false, over), { signal });
  target.addEventListener("pointercancel", (over) => over.pointerId === pointerId && end(true, over), { signal });
  window.addEventListener(
    "keydown",
    (key) => {
      if (key.key !== "Escape") return;
      key.preventDefault();
      key.stopImmediatePropagation();
      end(true, key);
    },
    { signal, capture: true },
  );
}
