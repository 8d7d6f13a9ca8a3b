// The lanes below each other: each keeps its element as the mix changes, the order is dragged by their stripes, and only
// what is in sight is drawn.
import * as edits from "../document/edits";
import type { Mix } from "../document/mix";
import type { Levels } from "../sound/sound";
import { follow } from "./dragging";
import { keepHeight, recallHeights } from "./heights";
import { LaneView, type LaneHost } from "./lane_view";
import { make } from "./make";
import type { DeskStem } from "./page";
import type { Height, Surface } from "./surface";
import { fetchWave } from "./waves";

export class LaneList implements LaneHost {
  readonly element = make("ol", { class: "desk-lanes" });
  #views: LaneView[] = [];
  /** Those of lanes that left, by their stem: they may come back. */
  #spare = new Map<string, LaneView[]>();
  #sight: IntersectionObserver;

  constructor(
    private readonly surface: Surface,
    scroller: HTMLElement,
  ) {
    this.#sight = new IntersectionObserver(
      (sights) => {
        for (const { target, isIntersecting } of sights) this.#views.find((view) => view.element === target)?.see(isIntersecting);
      },
      { root: scroller, rootMargin: "120px 0px" },
    );
    surface.signal.addEventListener("abort", () => this.#sight.disconnect());
  }

  at(place: number): LaneView | undefined {
    return this.#views[place];
  }

  show(mix: Mix): void {
    const free = new Map<string, LaneView[]>();
    for (const view of this.#views) free.set(view.stem.id, [...(free.get(view.stem.id) ?? []), view]);
    for (const [stem, views] of this.#spare) free.set(stem, [...(free.get(stem) ?? []), ...views]);
    const heights = recallHeights(this.surface.page.pack.id);
    const views = mix.lanes.map((lane) => free.get(lane.stem)?.shift() ?? this.#made(lane.stem, mix, heights));
    this.#spare = free;
    const isOrdered = views.length === this.#views.length && views.every((view, at) => view === this.#views[at]);
    this.#views = views;
    if (!isOrdered) this.#order();
    views.forEach((view, at) => view.show(mix.lanes[at]!, at));
    if (isOrdered) return;
    for (const view of views) {
      this.#sight.observe(view.element);
      view.scroll();
    }
  }

  mark(): void {
    for (const view of this.#views) view.mark();
  }

  scroll(): void {
    for (const view of this.#views) view.scroll();
  }

  zoom(scale: number): void {
    for (const view of this.#views) view.zoom(scale);
  }

  redraw(): void {
    for (const view of this.#views) view.redraw();
  }

  level({ lanes }: Levels): void {
    this.#views.forEach((view, at) => view.level(Math.max(lanes[at]?.left ?? -Infinity, lanes[at]?.right ?? -Infinity)));
  }

  keepHeight(stem: string, height: Height): void {
    keepHeight(this.surface.page.pack.id, stem, height);
  }

  /** By its stripe: lanes make way as it goes over them. */
  dragLane(event: PointerEvent, lane: LaneView): void {
    const { desk } = this.surface;
    const before = desk.mix;
    const from = lane.place;
    const merge = `lane-${performance.now()}`;
    event.preventDefault();
    lane.element.toggleAttribute("data-dragged", true);
    const over = (clientY: number): number => {
      const middles = this.#views.filter((one) => one !== lane).map((one) => {
        const box = one.element.getBoundingClientRect();
        return box.top + box.height / 2;
      });
      return middles.filter((middle) => middle < clientY).length;
    };
    follow(event, {
      move: (_x, _y, moved) => {
        const to = over(moved.clientY);
        if (to !== lane.place) desk.change(`Moved ${lane.stem.name} to lane ${to + 1}`, () => edits.moveLane(before, from, to), merge);
      },
      end: (isCancelled, wasMoved) => {
        lane.element.removeAttribute("data-dragged");
        if (isCancelled && wasMoved) desk.change("Dropped the drag", () => before, merge);
        desk.settle();
        desk.select({ lane: lane.place, clip: null });
      },
    });
  }

  #made(id: string, mix: Mix, heights: Readonly<Record<string, Height>>): LaneView {
    const stem = this.surface.stemOf(id) ?? missing(id, mix);
    const view = new LaneView(this.surface, this, stem);
    view.setHeight(heights[stem.id] ?? "m");
    if (stem.peaks) void fetchWave(stem.peaks, mix.sample_rate_hz).then((wave) => {
      if (this.surface.signal.aborted) return;
      view.wave = wave;
      view.redraw();
    });
    return view;
  }

  /** Moves as few as it can: what has the focus, or a pointer, keeps it. */
  #order(): void {
    const { element } = this;
    const held = document.activeElement?.closest(".mix-lane");
    const wanted = this.#views.map((one) => one.element);
    for (const old of [...element.children]) if (!wanted.includes(old as HTMLLIElement)) old.remove();
    const at = held === undefined || held === null ? -1 : wanted.indexOf(held as HTMLLIElement);
    if (at < 0) {
      wanted.forEach((one, place) => element.children[place] !== one && element.insertBefore(one, element.children[place] ?? null));
      return;
    }
    for (const one of wanted.slice(0, at)) element.insertBefore(one, held!);
    for (const one of wanted.slice(at + 1)) element.append(one);
  }
}

/** A stem of the mix that the pack does not have: its lane stands, and is silent. */
function missing(id: string, mix: Mix): DeskStem {
  return { id, name: mix.stems[id] ?? "A stem that is not here", role: "other", family: "tone", frames: 0, channels: 2, gain_db: 0, peaks: "", sound: "", index: "" };
}
