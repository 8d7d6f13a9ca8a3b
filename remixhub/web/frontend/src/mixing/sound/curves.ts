// Curves of automation points as docs/mix-spec.md has them: level before the first and after the last, straight between.

export interface Curve {
  readonly at: Float64Array;
  readonly values: Float64Array;
}

export function curveOf<Point extends { readonly at_frames: number }>(
  points: readonly Point[],
  value: (point: Point) => number,
): Curve {
  return { at: Float64Array.from(points, (point) => point.at_frames), values: Float64Array.from(points, value) };
}

/** Its value over all those frames, or NaN where it moves among them. */
export function levelOver({ at, values }: Curve, from: number, frames: number): number {
  if (at.length === 0) return 0;
  const next = following(at, from);
  if (next === 0) return from + frames - 1 <= at[0]! ? values[0]! : NaN;
  if (next === at.length) return values[next - 1]!;
  return values[next - 1] === values[next] && from + frames - 1 <= at[next]! ? values[next]! : NaN;
}

/** Writes base + V(m) for so many frames m. */
export function trace({ at, values }: Curve, base: number, from: number, frames: number, out: Float64Array): void {
  let next = following(at, from);
  for (let i = 0; i < frames; i++) {
    const m = from + i;
    while (next < at.length && at[next]! <= m) next += 1;
    if (next === 0) out[i] = base + (values[0] ?? 0);
    else if (next === at.length) out[i] = base + values[next - 1]!;
    else {
      const m0 = at[next - 1]!;
      const v0 = values[next - 1]!;
      out[i] = base + (v0 + ((values[next]! - v0) * (m - m0)) / (at[next]! - m0));
    }
  }
}

/** The place of the first of ascending frames that lies behind `frame`. */
export function following(at: ArrayLike<number>, frame: number): number {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= frame) low = middle + 1;
    else high = middle;
  }
  return low;
}
