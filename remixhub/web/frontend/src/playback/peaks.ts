// BBC audiowaveform .dat, version 2: a little-endian header of six 32-bit words, then min/max pairs, channel by channel.

/** Minima and maxima in −1…+1, one pair a column, all channels folded into one. */
export interface Peaks {
  minima: Float32Array;
  maxima: Float32Array;
  /** The largest magnitude anywhere. */
  loudest: number;
  sampleRateHz: number;
  framesPerColumn: number;
}

const EIGHT_BIT = 1;
const HEADER_BYTES_V1 = 20;
const HEADER_BYTES_V2 = 24;

export function parsePeaks(bytes: ArrayBuffer): Peaks {
  const view = new DataView(bytes);
  const version = view.getInt32(0, true);
  if (version !== 1 && version !== 2) throw new Error(`unknown peaks version ${version}`);
  const isEightBit = (view.getUint32(4, true) & EIGHT_BIT) !== 0;
  const columns = view.getUint32(16, true);
  const channels = version === 2 ? view.getInt32(20, true) : 1;
  const start = version === 2 ? HEADER_BYTES_V2 : HEADER_BYTES_V1;
  const width = isEightBit ? 1 : 2;
  const scale = isEightBit ? 128 : 32768;
  const at = (i: number) =>
    (isEightBit ? view.getInt8(start + i) : view.getInt16(start + i * width, true)) / scale;

  const minima = new Float32Array(columns);
  const maxima = new Float32Array(columns);
  let loudest = 0;
  for (let column = 0; column < columns; column++) {
    let low = 1;
    let high = -1;
    for (let channel = 0; channel < channels; channel++) {
      const i = 2 * (column * channels + channel);
      low = Math.min(low, at(i));
      high = Math.max(high, at(i + 1));
    }
    minima[column] = low;
    maxima[column] = high;
    loudest = Math.max(loudest, high, -low);
  }
  return { minima, maxima, loudest, sampleRateHz: view.getInt32(8, true), framesPerColumn: view.getInt32(12, true) };
}

export async function fetchPeaks(url: string): Promise<Peaks> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`peaks answered ${response.status}`);
  return parsePeaks(await response.arrayBuffer());
}
