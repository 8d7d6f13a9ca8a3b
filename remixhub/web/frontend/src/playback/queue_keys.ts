// The two keys under a piece: what is played after this one, and at the end. The bar says what happened.
import { player } from "./player";
import type { Piece } from "./queue";

export function queueKeys(piece: Piece): HTMLElement {
  const keys = document.createElement("p");
  keys.className = "queue-keys";
  keys.append(
    key("Next", `Play ${piece.title} next`, () => player.addNext(piece)),
    key("+ Queue", `Add ${piece.title} to the queue`, () => player.add([piece])),
  );
  return keys;
}

function key(words: string, label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = words;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
}
