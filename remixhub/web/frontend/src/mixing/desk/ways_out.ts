// What leaves the desk: a link to show it, a file to take along, and the render that can be published.
import { renderDraft } from "../../api";
import { walkTo } from "../../drawn_links";
import { make, say } from "./make";
import type { Room } from "./room";

export interface Kept {
  /** The id of the draft as it stands now, kept first where it was not. */
  keptId(): Promise<string>;
  openShare(): void;
  download(): Promise<void>;
}

export function waysOut(room: Room, kept: Kept): HTMLElement {
  const { page, desk } = room;
  const element = make("div", { class: "row ways-out" });
  const way = (text: string, act: () => void, given = {}): HTMLButtonElement => {
    const button = make("button", { type: "button", class: "slim", text, ...given });
    button.addEventListener("click", act);
    return button;
  };
  element.append(way("Download mix", () => void kept.download(), { title: "As a small file, for the command line" }));
  if (page.is_read_only) {
    if (page.urls.copy !== null) element.append(copyForm(page.urls.copy, page.may_keep ? "Make it mine" : "Sign in to make it mine"));
    return element;
  }
  if (!page.may_keep) {
    element.append(signIn(page.urls.sign_in, "Sign in to keep and render"));
    return element;
  }
  const words = page.may_remix ? "Render & publish" : "Render mix";
  const render = way(words, () => void send(), { class: "primary" });
  const send = async (): Promise<void> => {
    render.disabled = true;
    say(render, "Keeping …");
    try {
      const id = await kept.keptId();
      say(render, "Ordering …");
      const mix = await renderDraft(page.urls.drafts, id);
      walkTo(`/mixes/${mix.id}`);
    } catch (fault) {
      if (!room.signal.aborted) desk.say(`It could not be rendered: ${fault instanceof Error ? fault.message : "the hub did not answer"}. Nothing is lost; try again.`);
    }
    render.disabled = false;
    say(render, words);
  };
  element.append(
    way("Share link", () => kept.openShare()),
    render,
  );
  return element;
}

/** Who is not signed in does so first, and finds the copy then. */
function copyForm(address: string, text: string): HTMLElement {
  return make("form", { method: "post", action: address }, make("button", { class: "primary", text }));
}

function signIn(address: string, text: string): HTMLElement {
  return make("a", { class: "key primary", href: address, text });
}
