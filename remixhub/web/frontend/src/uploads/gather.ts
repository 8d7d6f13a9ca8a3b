// What was dropped or chosen, as the files that are meant: folders walked through, junk set aside.

export interface Gathered {
  files: File[];
  /** Names of what is no sound: said, and not sent. */
  leftOut: string[];
}

const SOUND = /\.(wav|wave|bwf|aif|aiff|aifc|flac|mp3|ogg|oga|opus|m4a|mp4)$/i;
const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** What a drop holds, read before the event is over; a folder in the natural order of its names. */
export async function dropped(transfer: DataTransfer): Promise<Gathered> {
  const entries = [...transfer.items].map((one) => one.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return loose(transfer.files);
  const found: Found[] = [];
  for (const entry of entries) if (entry !== null) await walk(entry, found);
  return sorted(found);
}

/** Several files, in the order in which they were chosen. One alone is sent whatever it is: the server says what it is. */
export function loose(files: FileList): Gathered {
  if (files.length < 2) return { files: [...files], leftOut: [] };
  return parted([...files].map((file) => ({ path: file.name, file })));
}

/** Of `<input webkitdirectory>`. */
export function fromFolder(files: FileList): Gathered {
  return sorted([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

interface Found {
  path: string;
  file: File;
}

function sorted(found: Found[]): Gathered {
  return parted(found.sort((a, b) => byName.compare(a.path, b.path)));
}

function parted(found: Found[]): Gathered {
  const isMeant = ({ path, file }: Found): boolean =>
    (SOUND.test(file.name) || file.type.startsWith("audio/")) && !/(^|\/)(\.|__MACOSX\/)/.test(path);
  return {
    files: found.filter(isMeant).map((one) => one.file),
    leftOut: found.filter((one) => !isMeant(one)).map((one) => one.file.name),
  };
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return; // browsers give a hundred at a time
    for (const one of some) await walk(one, found);
  }
}
