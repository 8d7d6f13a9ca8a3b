// What the parts of a desk have of each other: keys, inspector, lanes and transport stand in one room.
import type { Sound } from "../sound/sound";
import type { Desk } from "./desk";
import type { Kind } from "./fader";
import type { DeskPage } from "./page";

export interface Room {
  readonly element: HTMLElement;
  readonly desk: Desk;
  readonly engine: Sound;
  readonly page: DeskPage;
  /** Aborted when the desk leaves the page: every listener of the desk hangs on it. */
  readonly signal: AbortSignal;
  readonly canEdit: boolean;
  /** Frame of the mix. */
  readonly playhead: number;
  isSnapping: boolean;
  /** Whether playing goes round in the loop; turned on without one, it makes one. */
  isLooping: boolean;
  seek(frame: number): void;
  /** From the start of the loop where that is said. */
  toggle(from?: "loop"): void;
  snap(frame: number): number;
  zoom(factor: number, aroundFrame?: number): void;
  /** Scrolls until the frame is seen. */
  reveal(frame: number): void;
  openAutomation(lane: number, isOpen?: boolean, kind?: Kind): void;
  /** The reference mix instead, and back. */
  compare(): void;
  nameOf(lane: number): string;
}
