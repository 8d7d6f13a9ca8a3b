// The desk among all that sounds: one thing plays at a time, and media keys and the lock screen speak to it.
import { announcePlaying, forgetVoice, pauseForOthers, tellVoice, type Voice } from "../../playback/solo";
import type { Room } from "./room";

export interface Sounding {
  /** It has begun to play. */
  announce(): void;
}

export function connectSounding(room: Room, length: () => number): Sounding {
  const { engine, desk, page, signal } = room;
  const rateHz = () => desk.mix.sample_rate_hz;
  const voice: Voice = {
    get isPlaying() {
      return engine.isPlaying;
    },
    get position() {
      return engine.position / rateHz();
    },
    get seconds() {
      return length() / rateHz();
    },
    get caption() {
      return desk.title || `Mix of ${page.pack.title}`;
    },
    artist: page.pack.artist,
    toggle: () => room.toggle(),
    seek: (seconds) => room.seek(Math.round(seconds * rateHz())),
  };
  const stop = pauseForOthers(voice, () => engine.pause());
  engine.addEventListener("change", () => tellVoice(voice), { signal });
  signal.addEventListener("abort", () => {
    stop();
    forgetVoice(voice);
  });
  return { announce: () => announcePlaying(voice) };
}
