// The workers beside the page, and what the page does for them: decode, where the browser has no other decoder.
import type { Hindrance } from "./chunks";
import type { Loudness } from "./sound";
import type { Decoded, Opening, ToDecode } from "./worker";
import address from "./worker.ts?address";

export type FromWorker =
  | ToDecode
  | { readonly kind: "hindrance"; readonly hindrance: Hindrance }
  | { readonly kind: "fault"; readonly fault: string }
  | { readonly kind: "measured"; readonly loudness: Loudness };

export function startWorker(opening: Opening, transfer: Transferable[], take: (message: FromWorker) => void): Worker {
  const worker = new Worker(address);
  worker.onmessage = (event: MessageEvent<FromWorker>) => {
    if (event.data.kind === "decode") void decode(event.data).then((decoded) => worker.postMessage(decoded));
    else take(event.data);
  };
  worker.onerror = (event) => take({ kind: "fault", fault: event.message });
  worker.postMessage(opening, transfer);
  return worker;
}

async function decode({ id, file, rateHz, channels }: ToDecode): Promise<Decoded> {
  try {
    const sound = await new OfflineAudioContext(channels, 1, rateHz).decodeAudioData(file);
    return { kind: "decoded", id, channels: Array.from({ length: channels }, (_, at) => sound.getChannelData(at)) };
  } catch (fault) {
    console.warn("a piece of a stem cannot be decoded", fault);
    return { kind: "decoded", id, channels: null };
  }
}
