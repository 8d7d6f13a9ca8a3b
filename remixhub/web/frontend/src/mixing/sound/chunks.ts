// Stems piece by piece: ranges of their FLAC fetched and decoded as they are asked for. A lost network is waited for, an
// address that has expired is asked again.
import { codecDecoder, type Decode } from "./decoding";
import { type FlacIndex, parseFlacIndex } from "./flac_index";
import { type Piece, PIECE_FRAMES } from "./render";

/** Fetched at once; pieces are decoded out of it. */
export const CHUNK_FRAMES = 131_072;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const SPANS_KEPT = 2;
const EXPIRED = [400, 401, 403, 410];

/** Why nothing comes: no network, stems that are not prepared yet, a hub that refuses. */
export type Hindrance = "" | "lost" | "unprepared" | "refused";

export interface StemFile {
  readonly sound: string;
  readonly index: string;
}

interface Span {
  readonly first: number;
  readonly end: number;
  readonly stop: AbortController;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

export class Loader {
  readonly #stems: readonly Stem[];
  #decode: Promise<Decode> | null = null;

  constructor(
    files: readonly StemFile[],
    private readonly fallback: Decode,
    tell: (hindrance: Hindrance) => void,
  ) {
    const patience = new Patience(tell);
    this.#stems = files.map((file) => new Stem(file, patience));
  }

  /**
   * Whole pieces of PIECE_FRAMES, zeros behind the stem's end. What is `urgent` is fetched alone, else with what follows.
   * Never gives up by itself; rejects once the piece is unwanted (`keepOnly`) or the loader closed.
   */
  async piece(stem: number, place: number, isUrgent: boolean, spare: () => Float32Array<ArrayBuffer>): Promise<Piece> {
    const own = this.#stems[stem]!;
    const index = await own.index();
    const start = place * PIECE_FRAMES;
    const frames = Math.min(PIECE_FRAMES, index.frames - start);
    const blocks = frames > 0 ? await own.blocks(index, place, isUrgent) : null;
    const into = Array.from({ length: index.channels }, () => spare());
    if (blocks !== null) {
      const { bytes, edges } = blocks;
      this.#decode ??= this.#decoder(index);
      const decode = await this.#decode;
      const filled = frames === PIECE_FRAMES ? into : into.map((samples) => samples.subarray(0, frames));
      try {
        await decode(index, bytes, edges, frames, filled);
      } catch (fault) {
        if (decode === this.fallback) throw fault;
        await this.fallback(index, bytes, edges, frames, filled);
      }
    }
    for (const samples of into) samples.fill(0, Math.max(0, frames));
    return { start, left: into[0]!, right: into[1] ?? null };
  }

  /** Ends transfers of which nothing is wanted any more. */
  keepOnly(isWanted: (stem: number, place: number) => boolean): void {
    this.#stems.forEach((stem, at) => stem.keepOnly((place) => isWanted(at, place)));
  }

  close(): void {
    for (const stem of this.#stems) stem.close();
  }

  async #decoder(index: FlacIndex): Promise<Decode> {
    const two = [await codecDecoder(index), await codecDecoder(index)];
    const [one, other] = two;
    if (!one || !other) return this.fallback;
    let turn = 0;
    return (...given) => (turn++ % 2 === 0 ? one : other)(...given);
  }
}

class Stem {
  #index: Promise<FlacIndex> | null = null;
  /** The presigned address of its sound. */
  #address = "";
  #spans: Span[] = [];
  readonly #closed = new AbortController();

  constructor(
    private readonly file: StemFile,
    private readonly patience: Patience,
  ) {}

  index(): Promise<FlacIndex> {
    this.#index ??= this.patience
      .until(() => fetch(this.file.index, { signal: this.#closed.signal }), this.#closed.signal)
      .then(({ bytes }) => parseFlacIndex(bytes));
    this.#index.catch(() => (this.#index = null));
    return this.#index;
  }

  async blocks(index: FlacIndex, place: number, isUrgent: boolean): Promise<{ bytes: Uint8Array<ArrayBuffer>; edges: number[] }> {
    const span = this.#spans.find((one) => one.first <= place && place < one.end) ?? this.#open(index, place, isUrgent);
    const bytes = await span.bytes.catch((fault: unknown) => {
      this.#spans = this.#spans.filter((one) => one !== span);
      throw fault;
    });
    const [first, end] = blocksOf(index, place, place + 1);
    const origin = index.offsets[blocksOf(index, span.first, span.end)[0]]!;
    const edges = Array.from(index.offsets.subarray(first, end + 1), (offset) => offset - origin);
    const [from, to] = [edges[0]!, edges.at(-1)!];
    return { bytes: bytes.subarray(from, to), edges: edges.map((edge) => edge - from) };
  }

  keepOnly(isWanted: (place: number) => boolean): void {
    this.#spans = this.#spans.filter((span) => {
      for (let place = span.first; place < span.end; place++) if (isWanted(place)) return true;
      span.stop.abort();
      return false;
    });
  }

  close(): void {
    this.#closed.abort();
    for (const span of this.#spans) span.stop.abort();
  }

  #open(index: FlacIndex, place: number, isUrgent: boolean): Span {
    const pieces = CHUNK_FRAMES / PIECE_FRAMES;
    const end = isUrgent ? place + 1 : (Math.floor(place / pieces) + 1) * pieces;
    const stop = new AbortController();
    const [firstBlock, endBlock] = blocksOf(index, place, end);
    const bytes = this.#range(index.offsets[firstBlock]!, index.offsets[endBlock]!, stop.signal);
    const span = { first: place, end, stop, bytes };
    this.#spans = [...this.#spans.slice(1 - SPANS_KEPT), span];
    return span;
  }

  async #range(first: number, end: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const headers = { Range: `bytes=${first}-${end - 1}` };
    const { status, bytes } = await this.patience.until(async () => {
      const isKnown = this.#address !== "";
      const response = await fetch(this.#address || this.file.sound, { headers, signal, cache: isKnown ? "default" : "no-cache" });
      this.#address = response.ok ? response.url : "";
      return response;
    }, signal);
    const found = new Uint8Array(bytes);
    return status === 200 ? found.subarray(first, end) : found; // who does not know ranges sends all
  }
}

/** Tries until it succeeds, at longer and longer intervals, and at once when the network is back. */
class Patience {
  readonly #waiting = new Set<object>();

  constructor(private readonly tell: (hindrance: Hindrance) => void) {}

  async until(ask: () => Promise<Response>, signal: AbortSignal): Promise<{ status: number; bytes: ArrayBuffer }> {
    const own = {};
    let pause = FIRST_PAUSE_MS;
    try {
      for (let tries = 0; ; tries++) {
        let hindrance: Hindrance = "lost";
        try {
          const response = await ask();
          if (response.ok) return { status: response.status, bytes: await response.arrayBuffer() };
          if (EXPIRED.includes(response.status) && tries === 0) continue; // the address is asked again at once
          hindrance = response.status === 404 ? "unprepared" : "refused";
        } catch {
          signal.throwIfAborted();
        }
        this.#waiting.add(own);
        this.tell(hindrance);
        await restored(pause, signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    } finally {
      if (this.#waiting.delete(own) && this.#waiting.size === 0) this.tell("");
    }
  }
}

function restored(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

/** The blocks of the pieces `first` … `end`, as far as the stem goes. */
function blocksOf(index: FlacIndex, first: number, end: number): [number, number] {
  const blocks = PIECE_FRAMES / index.blockFrames;
  const all = index.offsets.length - 1;
  return [Math.min(first * blocks, all), Math.min(end * blocks, all)];
}
