// <play-all>: a key that plays every piece of its section, in order, in the place of what waits.
import { piecesIn } from "./piece";
import { player } from "./player";

export class PlayAll extends HTMLElement {
  connectedCallback(): void {
    const listing = this.closest("section") ?? document.querySelector("main");
    if (this.childElementCount > 0 || listing === null || piecesIn(listing).length < 2) return;
    const key = document.createElement("button");
    key.type = "button";
    key.className = "slim";
    key.textContent = "Play all";
    key.addEventListener("click", () => player.playAll(piecesIn(listing)));
    this.append(key);
  }
}
