// FLAC blocks to samples, exact to the bit where the browser has WebCodecs.
import { type FlacIndex, headFor } from "./flac_index";

/** One list of samples a channel, `frames` long. `bytes` are whole blocks; `edges` says where they lie in them. */
export type Decode = (index: FlacIndex, bytes: Uint8Array<ArrayBuffer>, edges: readonly number[], frames: number, into: readonly Float32Array<ArrayBuffer>[]) => Promise<void>;

/** By WebCodecs; null where this browser cannot. Calls may overlap; they are served one after the other. */
export async function codecDecoder(index: FlacIndex): Promise<Decode | null> {
  if (typeof AudioDecoder === "undefined") return null;
  const { supported } = await AudioDecoder.isConfigSupported(configOf(index)).catch(() => ({ supported: false }));
  if (!supported) return null;
  const codec = new Codec();
  let last: Promise<void> = Promise.resolve();
  return (...given) => {
    const done = last.catch(() => undefined).then(() => codec.decode(...given));
    last = done;
    return done;
  };
}

/** The blocks as a FLAC file of their own, for a decoder of whole files. */
export function asFile(index: FlacIndex, bytes: Uint8Array, frames: number): ArrayBuffer {
  const head = headFor(index, frames);
  const file = new Uint8Array(head.length + bytes.length);
  file.set(head);
  file.set(bytes, head.length);
  return file.buffer;
}

export function raise(samples: Float32Array, halvings: number): void {
  if (halvings === 0) return;
  const factor = 2 ** halvings;
  for (let i = 0; i < samples.length; i++) samples[i]! *= factor;
}

class Codec {
  #decoder: AudioDecoder | null = null;
  #config = "";
  #into: readonly Float32Array[] = [];
  #filled = 0;
  #fault: DOMException | null = null;

  async decode(...[index, bytes, edges, frames, into]: Parameters<Decode>): Promise<void> {
    const decoder = this.#configured(index);
    this.#into = into;
    this.#filled = 0;
    for (let block = 0; block + 1 < edges.length; block++) {
      const data = bytes.subarray(edges[block]!, edges[block + 1]!);
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: Math.round((block * index.blockFrames * 1e6) / index.rateHz), data }));
    }
    await decoder.flush().catch((fault: unknown) => {
      this.#decoder = null;
      throw this.#fault ?? fault;
    });
    this.#into = [];
    if (this.#filled !== frames) throw new Error(`${this.#filled} frames were decoded instead of ${frames}`);
    for (const samples of into) raise(samples, index.halvings);
  }

  #configured(index: FlacIndex): AudioDecoder {
    const config = configOf(index);
    const told = `${index.rateHz} ${index.channels} ${index.bits}`;
    if (this.#decoder === null || this.#decoder.state === "closed") {
      this.#decoder = new AudioDecoder({ output: (data) => this.#take(data), error: (fault) => (this.#fault = fault) });
      this.#config = "";
    }
    if (told !== this.#config) this.#decoder.configure(config);
    this.#config = told;
    return this.#decoder;
  }

  #take(data: AudioData): void {
    const frames = Math.min(data.numberOfFrames, (this.#into[0]?.length ?? 0) - this.#filled);
    if (frames > 0) this.#into.forEach((samples, channel) => copyPlane(data, channel, frames, samples, this.#filled));
    this.#filled += frames;
    data.close();
  }
}

/** Used again and again: thousands of them would be in memory before they are swept away. */
let scratch = new ArrayBuffer(0);

/** In the decoder's own format: what browsers turn into floats by themselves is not exact everywhere. */
function copyPlane(data: AudioData, channel: number, frames: number, into: Float32Array, at: number): void {
  const [kind, layout] = (data.format ?? "").split("-");
  const isPlanar = layout === "planar";
  const options = { planeIndex: isPlanar ? channel : 0 };
  const size = data.allocationSize(options);
  if (scratch.byteLength < size) scratch = new ArrayBuffer(size);
  data.copyTo(scratch, options);
  const from = kind === "s16" ? new Int16Array(scratch) : kind === "s32" ? new Int32Array(scratch) : kind === "f32" ? new Float32Array(scratch) : null;
  if (from === null) throw new Error(`samples in an unknown form: ${data.format}`);
  const factor = kind === "s16" ? 2 ** -15 : kind === "s32" ? 2 ** -31 : 1;
  const step = isPlanar ? 1 : data.numberOfChannels;
  for (let i = 0, source = isPlanar ? 0 : channel; i < frames; i++, source += step) into[at + i] = from[source]! * factor;
}

function configOf({ rateHz, channels, head }: FlacIndex): AudioDecoderConfig {
  return { codec: "flac", sampleRate: rateHz, numberOfChannels: channels, description: head };
}
