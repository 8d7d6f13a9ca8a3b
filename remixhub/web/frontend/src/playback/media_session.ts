// What the system shows and steers: lock screens, media keys, the headset's button. They speak to what sounded last.
import { player } from "./player";
import { followVoices, lastVoice, type Voice } from "./solo";

const STEP_SECONDS = 10;

export function connectMediaSession(): void {
  if (!("mediaSession" in navigator)) return;
  const voice = (): Voice => lastVoice() ?? player;
  const by = (seconds: number) => voice().seek(Math.min(Math.max(voice().position + seconds, 0), voice().seconds));
  const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => voice().isPlaying || voice().toggle(),
    pause: () => void (voice().isPlaying && voice().toggle()),
    seekto: (wish) => voice().seek(wish.seekTime ?? 0),
    seekbackward: (wish) => by(-(wish.seekOffset ?? STEP_SECONDS)),
    seekforward: (wish) => by(wish.seekOffset ?? STEP_SECONDS),
    previoustrack: () => player.previous(),
    nexttrack: () => player.next(),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
    } catch {
      // an action that this browser does not know
    }
  }
  for (const name of ["change", "moved"]) player.addEventListener(name, tell);
  followVoices(tell);
}

function tell(): void {
  const voice: Voice = lastVoice() ?? player;
  const shown = voice === player ? player.piece : { title: voice.caption, artist: voice.artist ?? "", cover: voice.cover ?? "" };
  const session = navigator.mediaSession;
  session.playbackState = shown === null ? "none" : voice.isPlaying ? "playing" : "paused";
  const before = session.metadata;
  if (shown === null) session.metadata = null;
  else if (before?.title !== shown.title || before.artist !== shown.artist) {
    const artwork = shown.cover ? [{ src: new URL(shown.cover, location.href).href, sizes: "1000x1000" }] : [];
    session.metadata = new MediaMetadata({ title: shown.title, artist: shown.artist, artwork });
  }
  const duration = voice.seconds;
  if (duration > 0) session.setPositionState({ duration, position: Math.min(Math.max(0, voice.position), duration), playbackRate: 1 });
}
