// Which uploads this browser has begun, so that a reload can go on where it was. Kept in localStorage.
const KEY = "remixhub:uploads";
const ARRIVED_KEY = "remixhub:arrived";
const MOST_ARRIVED = 200;
const MOST_PLACES = 20;

export interface Remembered {
  uploadId: string;
  fingerprint: string;
  /** Where the upload belongs: the address that claims it. */
  place: string;
  purpose: string;
  filename: string;
  sizeBytes: number;
  partSizeBytes: number;
}

/** The same file chosen again gives the same fingerprint. */
export function fingerprintOf(file: File): string {
  return `${file.name}|${file.size}|${file.lastModified}`;
}

export function rememberedFor(place: string, purpose: string): Remembered[] {
  return load().filter((one) => one.place === place && one.purpose === purpose);
}

export function remember(one: Remembered): void {
  save([...load().filter((other) => other.uploadId !== one.uploadId), one]);
}

export function forget(uploadId: string): void {
  save(load().filter((one) => one.uploadId !== uploadId));
}

/** That the file is a stem of the draft by now: the folder that it came in may be dropped again. */
export function noteArrived(place: string, fingerprint: string): void {
  const all = arrived();
  all[place] = [...(all[place] ?? []).filter((one) => one !== fingerprint), fingerprint].slice(-MOST_ARRIVED);
  try {
    localStorage.setItem(ARRIVED_KEY, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-MOST_PLACES))));
  } catch {
    return; // see `load`
  }
}

export function hasArrived(place: string, fingerprint: string): boolean {
  return arrived()[place]?.includes(fingerprint) ?? false;
}

export function allRemembered(): Remembered[] {
  return load();
}

function arrived(): Record<string, string[]> {
  try {
    return JSON.parse(localStorage.getItem(ARRIVED_KEY) ?? "{}") as Record<string, string[]>;
  } catch {
    return {};
  }
}

function load(): Remembered[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]") as Remembered[];
  } catch {
    return []; // private mode or a spoilt entry: uploads work, they only cannot be resumed
  }
}

function save(all: Remembered[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    return; // see above
  }
}
