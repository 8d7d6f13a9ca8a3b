// What the system shows and steers: lock screens, media keys, the headset's button. They speak to what sounded last.
import { player } from "./player";
import { lastVoice, type Voice } from "./solo";

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
  player.addEventListener("change", tell);
  player.addEventListener("moved", tellPosition);
}

function tell(): void {
  const { piece } = player;
  const session = navigator.mediaSession;
  session.playbackState = piece === null ? "none" : player.isPlaying ? "playing" : "paused";
  const shown = session.metadata;
  if (piece === null) session.metadata = null;
  else if (shown?.title !== piece.title || shown.artist !== piece.artist) {
    const artwork = piece.cover ? [{ src: new URL(piece.cover, location.href).href, sizes: "1000x1000" }] : [];
    session.metadata = new MediaMetadata({ title: piece.title, artist: piece.artist, artwork });
  }
  tellPosition();
}

function tellPosition(): void {
  const duration = player.seconds;
  if (duration <= 0) return;
  navigator.mediaSession.setPositionState({ duration, position: Math.min(player.position, duration), playbackRate: 1 });
}
