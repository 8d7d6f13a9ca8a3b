// <play-spot at="41.2" of="status-…"><button hidden>: plays what stands there from just before the spot.
import type { WavePlayer } from "../playback/wave_player";

const AHEAD_SECONDS = 1.5;

export class PlaySpot extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (button === null) return;
    button.hidden = false;
    button.onclick = () => {
      const player = document.getElementById(this.getAttribute("of") ?? "")?.querySelector<WavePlayer>("wave-player");
      if (!player?.hasAttribute("ready")) return;
      player.seek(Math.max(0, Number(this.getAttribute("at")) - AHEAD_SECONDS));
      if (!player.isPlaying) player.toggle();
    };
  }
}
