// Phones that lock silence pages without a playing media element, and show keys for those that have one. So while the
// engine plays, ten seconds of silence go round beside it. The mix itself stays on its context, exact to the sample.
export class StayingOn {
  #audio: HTMLAudioElement | null = null;

  set(isPlaying: boolean): void {
    if (!isPlaying) {
      this.#audio?.pause();
      return;
    }
    const session = (navigator as { audioSession?: { type: string } }).audioSession;
    if (session !== undefined) session.type = "playback"; // else an iPhone's mute switch would silence it
    if (this.#audio === null) {
      this.#audio = new Audio("/static/silence.flac");
      this.#audio.loop = true;
    }
    void this.#audio.play().catch(() => undefined);
  }

  close(): void {
    this.#audio?.pause();
    this.#audio?.removeAttribute("src");
    this.#audio = null;
  }
}
