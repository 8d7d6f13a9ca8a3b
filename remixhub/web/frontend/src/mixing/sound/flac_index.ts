// Where the blocks of a stem's FLAC lie, so that any span of it decodes by itself. Bytes: docs/audio-files.md.
const HEAD_BYTES = 28;
const STREAMINFO_BYTES = 34;
const MAGIC = 0x49464852; // "RHFI", little-endian

export interface FlacIndex {
  readonly channels: 1 | 2;
  readonly bits: number;
  /** What is heard is sample · 2^halvings. */
  readonly halvings: number;
  readonly rateHz: number;
  readonly blockFrames: number;
  readonly frames: number;
  /** First byte of each block, and of the end behind them. */
  readonly offsets: Float64Array;
  /** What makes whole blocks a FLAC file, of unknown length and without checksum. */
  readonly head: Uint8Array<ArrayBuffer>;
}

export function parseFlacIndex(bytes: ArrayBuffer): FlacIndex {
  const view = new DataView(bytes);
  const count = bytes.byteLength < HEAD_BYTES ? 0 : view.getUint32(24, true);
  const lengthsAt = HEAD_BYTES + STREAMINFO_BYTES;
  if (bytes.byteLength !== lengthsAt + 2 * count || view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== 1) {
    throw new Error("these are not the bytes of an index");
  }
  const offsets = new Float64Array(count + 1);
  offsets[0] = view.getUint32(20, true);
  for (let block = 0; block < count; block++) offsets[block + 1] = offsets[block]! + view.getUint16(lengthsAt + 2 * block, true);
  return {
    channels: view.getUint8(5) === 1 ? 1 : 2,
    bits: view.getUint8(6),
    halvings: view.getUint8(7),
    rateHz: view.getUint32(8, true),
    blockFrames: view.getUint32(12, true),
    frames: view.getUint32(16, true),
    offsets,
    head: headOf(new Uint8Array(bytes, HEAD_BYTES, STREAMINFO_BYTES)),
  };
}

/** The head with a length: some decoders want to know it. */
export function headFor({ head }: FlacIndex, frames: number): Uint8Array<ArrayBuffer> {
  const own = head.slice();
  new DataView(own.buffer).setUint32(8 + 14, frames);
  return own;
}

/** Equal for all stems of a kind, so that one decoder serves them: sizes of blocks in bytes, frames and MD5 are left open. */
function headOf(streaminfo: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(8 + STREAMINFO_BYTES);
  head.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, STREAMINFO_BYTES]);
  head.set(streaminfo, 8);
  head.fill(0, 8 + 4, 8 + 10);
  head[8 + 13]! &= 0xf0;
  head.fill(0, 8 + 14);
  return head;
}
