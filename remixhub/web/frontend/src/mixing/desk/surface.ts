// What the drawn parts of a desk need beside the room: the scale they stand in, and what the hand holds.
import type { DeskStem } from "./page";
import type { Room } from "./room";

/** What a press on a lane does: move clips, or silence a part. */
export type Tool = "clips" | "mutes";
export type Height = "s" | "m" | "l";

export interface Surface extends Room {
  readonly framesPerPixel: number;
  readonly tool: Tool;
  /** Pixels of the whole mix that are seen. */
  readonly seenFrom: number;
  readonly seenTo: number;
  stemOf(id: string): DeskStem | undefined;
  /** Of the mix, under this place of the screen. */
  frameAt(clientX: number): number;
  /** Snapped, the other way round while Ctrl or Cmd is held. */
  snapFor(event: { ctrlKey: boolean; metaKey: boolean }, frame: number): number;
}
