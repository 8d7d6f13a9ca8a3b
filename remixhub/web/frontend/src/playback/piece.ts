// What a <wave-player> on a card or a page says of the whole piece that it stands for.
import type { Piece } from "./queue";

/** Null where it stands for a stem, or for what has no page of its own. */
export function pieceOf(element: Element, audio: HTMLAudioElement): Piece | null {
  const href = element.getAttribute("href");
  if (href === null) return null;
  const said = (name: string) => element.getAttribute(name) ?? "";
  return {
    sound: audio.getAttribute("src") ?? "",
    peaks: said("peaks"),
    title: said("label"),
    href,
    artist: said("by"),
    artistHref: said("by-href"),
    cover: said("cover"),
    seconds: Number(said("seconds")) || 0,
  };
}

/** Of all that stand in a listing, in its order. */
export function piecesIn(listing: ParentNode): Piece[] {
  const found = [...listing.querySelectorAll("wave-player[href]")].map((element) => {
    const audio = element.querySelector("audio");
    return audio === null ? null : pieceOf(element, audio);
  });
  return found.filter((piece) => piece !== null);
}
