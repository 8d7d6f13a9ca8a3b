// How tall a person likes each lane: of their view, not of the mix.
import type { Height } from "./surface";

const NAME = (pack: string): string => `remixhub:desk-heights:${pack}`;

export function recallHeights(pack: string): Record<string, Height> {
  try {
    return JSON.parse(localStorage.getItem(NAME(pack)) ?? "{}") as Record<string, Height>;
  } catch {
    return {}; // no storage, or not ours
  }
}

export function keepHeight(pack: string, stem: string, height: Height): void {
  try {
    localStorage.setItem(NAME(pack), JSON.stringify({ ...recallHeights(pack), [stem]: height }));
  } catch {
    // no storage: it lasts as long as the page
  }
}
