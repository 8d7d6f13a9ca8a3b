// Gains and pans as they are shown, typed and dragged.

const TYPED = /^([+-]?\d*[.,]?\d+)\s*(db)?$/i;
const LOWEST_DB = -60;
const HIGHEST_DB = 24;
/** Where on a fader's way (0 … 1) a gain stands: most of the way is for the gains one mixes with. */
const LAW: readonly (readonly [place: number, db: number])[] = [
  [0, LOWEST_DB],
  [0.22, -24],
  [0.78, 0],
  [1, HIGHEST_DB],
];

export function gainText(db: number): string {
  const rounded = Math.round(db * 10) / 10;
  const sign = rounded > 0 ? "+" : rounded < 0 ? "−" : "";
  return `${sign}${Math.abs(rounded).toFixed(1)} dB`;
}

/** "C", "L 12", "R 30": hundredths to the left or right. */
export function panText(pan: number): string {
  const hundredths = Math.round(pan * 100);
  if (hundredths === 0) return "C";
  return `${hundredths < 0 ? "L" : "R"} ${Math.abs(hundredths)}`;
}

export function panWords(pan: number): string {
  const hundredths = Math.round(pan * 100);
  return hundredths === 0 ? "centre" : `${Math.abs(hundredths)} % ${hundredths < 0 ? "left" : "right"}`;
}

export function typedGain(text: string): number | null {
  const found = TYPED.exec(text.trim().replace("−", "-"));
  return found === null ? null : clamp(Number((found[1] ?? "").replace(",", ".")), LOWEST_DB, HIGHEST_DB);
}

/** Also "L12", "30 r", "centre", and plain hundredths. */
export function typedPan(text: string): number | null {
  const plain = text.trim().toLowerCase().replace("−", "-");
  if (/^(c|centre|center|0)$/.test(plain)) return 0;
  const found = /^([lr]?)\s*([+-]?\d*[.,]?\d+)\s*%?\s*([lr]?)/.exec(plain);
  if (found === null) return null;
  const side = found[1] || found[3];
  const amount = Number((found[2] ?? "").replace(",", ".")) / 100;
  return clamp(side === "l" ? -Math.abs(amount) : side === "r" ? Math.abs(amount) : amount, -1, 1);
}

export function placeOfGain(db: number): number {
  return along(db, 1, 0);
}

export function gainAtPlace(place: number): number {
  return Math.round(along(place, 0, 1) * 10) / 10;
}

function along(value: number, from: 0 | 1, to: 0 | 1): number {
  for (let i = 1; i < LAW.length; i++) {
    const [before, after] = [LAW[i - 1]!, LAW[i]!];
    if (value <= after[from] || i === LAW.length - 1) {
      const share = (value - before[from]) / (after[from] - before[from]);
      return before[to] + clamp(share, 0, 1) * (after[to] - before[to]);
    }
  }
  return 0;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
