// Serves a player's wishes, the soonest first, a few at once. What is no longer wished for is not fetched to its end.
import type { Loader } from "./chunks";
import type { Arrival, Wish } from "./mix_player";
import { PIECE_FRAMES } from "./render";

const AT_ONCE = 12;
const MOST_SPARES = 32;

export function supplyPieces(
  loader: Loader,
  deliver: (arrival: Arrival, buffers: ArrayBuffer[]) => void,
  complain: (fault: string) => void,
): (wish: Wish) => void {
  let wanted: { key: string; stem: number; place: number; isUrgent: boolean }[] = [];
  const running = new Set<string>();
  let spares: Float32Array<ArrayBuffer>[] = [];
  const spare = (): Float32Array<ArrayBuffer> => spares.pop() ?? new Float32Array(PIECE_FRAMES);

  const go = (): void => {
    while (running.size < AT_ONCE) {
      const next = wanted.shift();
      if (next === undefined) return;
      if (running.has(next.key)) continue;
      running.add(next.key);
      void loader
        .piece(next.stem, next.place, next.isUrgent, spare)
        .then((piece) => {
          const buffers = [piece.left.buffer, ...(piece.right === null ? [] : [piece.right.buffer])] as ArrayBuffer[];
          deliver({ stem: next.stem, piece }, buffers);
        })
        .catch((fault: unknown) => {
          if ((fault as Error).name !== "AbortError") complain(String(fault));
        })
        .finally(() => {
          running.delete(next.key);
          go();
        });
    }
  };

  return (wish) => {
    spares = [...spares, ...wish.spares].slice(-MOST_SPARES);
    wanted = [];
    for (let at = 0; at < wish.pieces.length; at += 2) {
      const stem = wish.pieces[at]!;
      const place = wish.pieces[at + 1]!;
      wanted.push({ key: `${stem} ${place}`, stem, place, isUrgent: at / 2 < wish.urgent });
    }
    const keys = new Set(wanted.map((one) => one.key));
    loader.keepOnly((stem, place) => keys.has(`${stem} ${place}`));
    go();
  };
}
