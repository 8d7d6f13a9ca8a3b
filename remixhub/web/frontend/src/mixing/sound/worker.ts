// Beside the page: fetches and decodes pieces for the player, or renders a whole mix to measure it.
import type { Mix } from "../document/mix";
import { Loader, type StemFile } from "./chunks";
import { asFile, type Decode, raise } from "./decoding";
import { loudnessOf } from "./measuring";
import type { Wish } from "./mix_player";
import type { StemShape } from "./plan";
import { supplyPieces } from "./supply";

export type Opening =
  | { readonly kind: "supply"; readonly files: readonly StemFile[]; readonly port: MessagePort }
  | { readonly kind: "measure"; readonly files: readonly StemFile[]; readonly stems: readonly StemShape[]; readonly mix: Mix };

/** A file that the page decodes, since the browser does it nowhere else. */
export interface ToDecode {
  readonly kind: "decode";
  readonly id: number;
  readonly file: ArrayBuffer;
  readonly rateHz: number;
  readonly channels: number;
}

export interface Decoded {
  readonly kind: "decoded";
  readonly id: number;
  /** Null where it could not be read. */
  readonly channels: readonly Float32Array[] | null;
}

const waiting = new Map<number, (channels: readonly Float32Array[] | null) => void>();
let asked = 0;

const byThePage: Decode = async (index, bytes, _, frames, into) => {
  const id = asked++;
  const file = asFile(index, bytes, frames);
  post({ kind: "decode", id, file, rateHz: index.rateHz, channels: index.channels } satisfies ToDecode, [file]);
  const channels = await new Promise<readonly Float32Array[] | null>((resolve) => waiting.set(id, resolve));
  if (channels === null) throw new Error("the browser cannot read this stem");
  into.forEach((samples, at) => {
    samples.set(channels[at]!.subarray(0, frames));
    raise(samples, index.halvings);
  });
};

addEventListener("message", (event: MessageEvent<Opening | Decoded>) => {
  const message = event.data;
  if (message.kind === "decoded") {
    waiting.get(message.id)?.(message.channels);
    waiting.delete(message.id);
  } else {
    const loader = new Loader(message.files, byThePage, (hindrance) => post({ kind: "hindrance", hindrance }));
    if (message.kind === "measure") {
      void loudnessOf(message.mix, message.stems, loader).then((loudness) => post({ kind: "measured", loudness }));
    } else {
      const { port } = message;
      const wish = supplyPieces(loader, (arrival, buffers) => port.postMessage(arrival, buffers), (fault) => post({ kind: "fault", fault }));
      port.onmessage = (asking: MessageEvent<Wish>) => wish(asking.data);
    }
  }
});

function post(message: unknown, transfer: Transferable[] = []): void {
  (self as unknown as DedicatedWorkerGlobalScope).postMessage(message, transfer);
}

interface DedicatedWorkerGlobalScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
}
