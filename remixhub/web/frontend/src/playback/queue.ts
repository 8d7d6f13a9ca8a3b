// What is played, and what after it: plain rules over a list; nothing here knows the page or sounds.

/** A whole piece as a card or a page hands it over; addresses are paths of this site. */
export interface Piece {
  /** The address of its sound: two pieces are the same if it is. */
  sound: string;
  peaks: string;
  title: string;
  href: string;
  artist: string;
  artistHref: string;
  cover: string;
  seconds: number;
}

export interface Queue {
  pieces: readonly Piece[];
  /** Which one is in the player; -1: none. */
  at: number;
}

export const EMPTY: Queue = { pieces: [], at: -1 };

export function indexOf(queue: Queue, piece: Piece): number {
  return queue.pieces.findIndex((one) => one.sound === piece.sound);
}

/** Playing a piece goes to its place in the queue, or puts it behind the one that plays; the rest stays. */
export function withCurrent(queue: Queue, piece: Piece): Queue {
  const there = indexOf(queue, piece);
  return there >= 0 ? { ...queue, at: there } : { ...placed(queue, [piece], queue.at + 1), at: queue.at + 1 };
}

/** A piece that waits already moves; the one that plays stays where it is. */
export function withNext(queue: Queue, piece: Piece): Queue {
  const rest = without(queue, piece);
  return rest === null ? queue : placed(rest, [piece], rest.at + 1);
}

export function withLast(queue: Queue, pieces: readonly Piece[]): Queue {
  const fresh = pieces.filter((piece) => indexOf(queue, piece) < 0);
  return { ...queue, pieces: [...queue.pieces, ...fresh] };
}

export function removed(queue: Queue, at: number): Queue {
  const pieces = queue.pieces.filter((_, i) => i !== at);
  return { pieces, at: at < queue.at ? queue.at - 1 : Math.min(queue.at, pieces.length - 1) };
}

export function moved(queue: Queue, from: number, to: number): Queue {
  const piece = queue.pieces[from];
  if (piece === undefined || to < 0 || to >= queue.pieces.length) return queue;
  const current = queue.pieces[queue.at];
  const pieces = queue.pieces.filter((_, i) => i !== from);
  pieces.splice(to, 0, piece);
  return { pieces, at: current === undefined ? -1 : pieces.indexOf(current) };
}

/** Only what plays is kept. */
export function cleared(queue: Queue): Queue {
  const current = queue.pieces[queue.at];
  return current === undefined ? EMPTY : { pieces: [current], at: 0 };
}

function without(queue: Queue, piece: Piece): Queue | null {
  const there = indexOf(queue, piece);
  if (there === queue.at && there >= 0) return null;
  return there < 0 ? queue : removed(queue, there);
}

function placed(queue: Queue, pieces: readonly Piece[], at: number): Queue {
  return { ...queue, pieces: [...queue.pieces.slice(0, at), ...pieces, ...queue.pieces.slice(at)] };
}
