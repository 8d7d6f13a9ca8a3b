// One drag, from the press to the release: by mouse, pen or finger.

export interface Drag {
  /** Pixels since the press. */
  move(x: number, y: number, event: PointerEvent): void;
  /** `isCancelled`: by Escape, or because the browser took the pointer over. `wasMoved` is false for a mere press. */
  end?(isCancelled: boolean, wasMoved: boolean, event: Event): void;
}

const SLACK_PIXELS = 3;

export function follow(event: PointerEvent, drag: Drag): void {
  const target = event.currentTarget as HTMLElement;
  const { pointerId, clientX, clientY } = event;
  const stop = new AbortController();
  const { signal } = stop;
  let wasMoved = false;
  target.setPointerCapture(pointerId);
  const end = (isCancelled: boolean, over: Event): void => {
    stop.abort();
    document.documentElement.removeAttribute("data-dragging");
    drag.end?.(isCancelled, wasMoved, over);
  };
  target.addEventListener(
    "pointermove",
    (moved) => {
      if (moved.pointerId !== pointerId) return;
      const [x, y] = [moved.clientX - clientX, moved.clientY - clientY];
      if (!wasMoved && Math.hypot(x, y) < SLACK_PIXELS) return;
      wasMoved = true;
      document.documentElement.toggleAttribute("data-dragging", true);
      drag.move(x, y, moved);
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
