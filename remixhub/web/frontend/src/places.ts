// Where people were on each page of this tab's history: browsers restore the scroll of pages that were loaded, not of
// those that were swapped in. Each entry of the history has a mark of its own; positions outlive a reload.
import { newKey } from "./new_key";

interface State {
  htmx?: boolean;
  place?: string;
}

const STORE = "remixhub:places";
const KEPT = 100;

let place = "";
let shown = "";
let positions: [string, number][] = [];

export function keepPlaces(): void {
  history.scrollRestoration = "manual";
  positions = read();
  settle();
  const entry = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  if (entry !== undefined && entry.type !== "navigate" && location.hash === "") returnToPlace();
  window.addEventListener("pagehide", () => {
    notePlace();
    sessionStorage.setItem(STORE, JSON.stringify(positions.slice(-KEPT)));
  });
  window.addEventListener("popstate", () => {
    notePlace(); // what is seen is still the page that is left
    if (here() !== shown) return;
    settle(); // another place of the same page
    if (positionOf(place) !== undefined) returnToPlace();
  });
}

/** Call before the history moves on. */
export function notePlace(): void {
  positions = [...positions.filter(([name]) => name !== place), [place, window.scrollY]];
}

/** Call when the page of the address is shown: marks its entry, which htmx then restores when people come back. */
export function settle(): void {
  const state = (history.state ?? {}) as State;
  if (state.place === undefined || state.htmx !== true) {
    history.replaceState({ ...state, htmx: true, place: state.place ?? newKey() }, "");
  }
  place = (history.state as Required<State>).place;
  shown = here();
}

export function returnToPlace(): void {
  window.scrollTo({ top: positionOf(place) ?? 0, behavior: "instant" });
}

/** The path of the page that is seen; the address may be ahead of it. */
export function shownPath(): string {
  return shown;
}

export function here(): string {
  return location.pathname + location.search;
}

function positionOf(name: string): number | undefined {
  return positions.find(([one]) => one === name)?.[1];
}

function read(): [string, number][] {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "[]") as [string, number][];
  } catch {
    return [];
  }
}
