// What the player remembers: the queue of this tab, and the volume of this browser.
import { EMPTY, type Queue } from "./queue";

const QUEUE = "remixhub:queue";
const VOLUME = "remixhub:volume";

export interface Kept {
  queue: Queue;
  seconds: number;
  /** Whose it is: another account on the same machine does not find it. */
  account: string;
}

export interface Volume {
  level: number;
  isMuted: boolean;
}

export function keep(kept: Kept): void {
  write(sessionStorage, QUEUE, kept);
}

export function kept(): Kept {
  return read<Kept>(sessionStorage, QUEUE) ?? { queue: EMPTY, seconds: 0, account: "" };
}

export function keepVolume(volume: Volume): void {
  write(localStorage, VOLUME, volume);
}

export function keptVolume(): Volume {
  return read<Volume>(localStorage, VOLUME) ?? { level: 1, isMuted: false };
}

function write(store: Storage, name: string, value: unknown): void {
  try {
    store.setItem(name, JSON.stringify(value));
  } catch {
    // full, or forbidden: it is forgotten on the next load
  }
}

function read<T>(store: Storage, name: string): T | null {
  try {
    return JSON.parse(store.getItem(name) ?? "null") as T | null;
  } catch {
    return null;
  }
}
