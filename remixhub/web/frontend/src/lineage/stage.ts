import type { View } from "./view";

/** Of the page of a work, or of a source from elsewhere. */
export type AddressOf = (id: string) => string;

/** What draws a graph: SVG while there are few works, canvas beyond. */
export interface Stage {
  /** The work that is looked at: its way in the second ink, and the keyboard's place. */
  look(id: string, takesFocus: boolean): void;
  show(view: View): void;
  workAt(event: MouseEvent): string | null;
}
