// Counts plays honestly: the hub is told as a piece begins, and again once when ten seconds of it were really heard. It
// decides by its own clock what counts; a pause, a seek or a lost connection counts nothing.
import { beginPlay, endPlay } from "../api";
import { player } from "./player";

const STEP_SECONDS = 1.5; // between two `timeupdate`; what is more was a seek, or a tab that slept
const MARGIN_SECONDS = 0.5;

interface Listening {
  readonly sound: string;
  heardSeconds: number;
  at: number;
  begun: Promise<{ token: string | null; dueAt: number; seconds: number } | null> | null;
  isTold: boolean;
}

let now: Listening | null = null;

player.audio.addEventListener("timeupdate", () => void follow());
player.audio.addEventListener("ended", () => (now = null));

async function follow(): Promise<void> {
  const { piece, audio } = player;
  const workId = piece === null ? null : (/^\/works\/([^/]+)$/.exec(piece.href)?.[1] ?? null);
  if (piece === null || workId === null) return;
  if (now?.sound !== piece.sound) now = { sound: piece.sound, heardSeconds: 0, at: audio.currentTime, begun: null, isTold: false };
  const listening = now;
  const step = audio.currentTime - listening.at;
  listening.at = audio.currentTime;
  if (audio.paused || audio.muted || audio.volume === 0 || step <= 0 || step > STEP_SECONDS) return;
  listening.heardSeconds += step;
  listening.begun ??= begin(workId);
  const begun = await listening.begun;
  if (begun === null || begun.token === null || listening.isTold) return;
  if (listening.heardSeconds < begun.seconds || performance.now() < begun.dueAt) return;
  listening.isTold = true;
  await endPlay(begun.token).catch(() => undefined); // a play that is not counted is nobody's trouble
}

async function begin(workId: string): Promise<{ token: string | null; dueAt: number; seconds: number } | null> {
  try {
    const begun = await beginPlay(workId);
    const seconds = begun.heard_after_seconds;
    return { token: begun.play_token, seconds, dueAt: performance.now() + (seconds + MARGIN_SECONDS) * 1000 };
  } catch {
    return null;
  }
}
