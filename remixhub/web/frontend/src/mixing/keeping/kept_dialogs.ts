// Dialogs about what is kept: earlier versions to go back to, the link to share, the file to take along.
import { make } from "../desk/make";
import type { Room } from "../desk/room";
import { openSheet } from "../desk/sheet";
import type { Mix } from "../document/mix";
import { mixOf } from "../document/reading";
import { embedCode, type Account, type Revision } from "./account";

export async function openEarlier(room: Room, account: Account, id: string): Promise<void> {
  const list = make("ol", { class: "kept-earlier stack tight" });
  const more = make("button", { type: "button", class: "slim", text: "Show older ones", hidden: true });
  const dialog = opened(room, "Earlier versions", make("p", { class: "small", text: "Going back is a change like any other: it can be undone." }), list, more);
  let cursor: string | null = null;
  const goBack = async ({ revision, saved_at }: Revision): Promise<void> => {
    const { spec } = await account.revision(id, revision);
    dialog.close();
    room.desk.change(`Back to the mix of ${momentOf(saved_at)}`, () => mixOf(spec, room.page.pack.rate_hz));
  };
  const load = async (): Promise<void> => {
    const page = await account.revisions(id, cursor);
    cursor = page.next;
    more.hidden = cursor === null;
    list.append(...page.revisions.map((one) => rowOf(room, one, () => void goBack(one).catch((problem: Error) => tell(dialog, problem)))));
  };
  more.addEventListener("click", () => void load().catch((problem: Error) => tell(dialog, problem)));
  await load().catch((problem: Error) => tell(dialog, problem));
}

export function openShare(room: Room, account: Account, id: string): void {
  const link = make("code", { class: "wrap" });
  const said = make("output", { class: "small" });
  const copy = make("button", { type: "button", text: "Copy the link", disabled: true });
  const end = make("button", { type: "button", class: "danger", text: "End sharing", disabled: true });
  const about = make("p", { class: "small", text: "Whoever has this link can listen, and make a copy of their own. They cannot change yours; they see what you keep later." });
  const code = make("code");
  const copyCode = make("button", { type: "button", class: "slim", text: "Copy the code" });
  const frames = make("p", { class: "small", text: "Put this into any page. It plays the mix as it is now, as soon as that is rendered; after a change, come here again." });
  const embed = make("details", { class: "disclosure", hidden: true }, make("summary", { text: "Embed" }), frames, make("pre", { class: "wrap", tabindex: "0" }, code), copyCode);
  const dialog = opened(room, "Share this mix", about, make("p", {}, link), make("div", { class: "row" }, copy, end), embed, said);
  const copies = (button: HTMLElement, from: HTMLElement): void =>
    button.addEventListener("click", () => {
      const copied = "clipboard" in navigator ? navigator.clipboard.writeText(from.textContent ?? "") : Promise.reject(new Error());
      copied.then(() => (said.value = "Copied."), () => (said.value = "Not copied: select it and copy."));
    });
  copies(copy, link);
  copies(copyCode, code);
  end.addEventListener("click", () => {
    account.endShare(id).then(
      () => {
        link.textContent = "";
        copy.disabled = end.disabled = embed.hidden = true;
        said.value = "Ended: the link leads nowhere now.";
      },
      (problem: Error) => tell(dialog, problem),
    );
  });
  account.share(id).then(
    ({ share_url }) => {
      link.textContent = share_url;
      copy.disabled = end.disabled = false;
      copy.focus();
      return embedCode(share_url).then((html) => {
        code.textContent = html;
        embed.hidden = false;
      });
    },
  ).catch((problem: Error) => tell(dialog, problem));
}

/** What the desk holds, for whom no account keeps anything. */
export function saveFile(title: string, mix: Mix): void {
  const name = title.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim() || "mix";
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(mix, null, 1)}\n`], { type: "application/json" }));
  make("a", { href: address, download: `${name}.json` }).click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function rowOf(room: Room, one: Revision, goBack: () => void): HTMLElement {
  const button = make("button", { type: "button", class: "slim", text: "Go back to this", "aria-label": `Go back to this of ${momentOf(one.saved_at)}`, disabled: !room.canEdit });
  button.addEventListener("click", goBack);
  return make("li", { class: "row apart" }, make("time", { datetime: one.saved_at, class: "figure", text: momentOf(one.saved_at) }), button);
}

function momentOf(moment: string): string {
  return new Date(moment).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

function tell(dialog: HTMLElement, problem: Error): void {
  dialog.querySelector("[role='alert']")?.remove();
  const words = problem.name === "TypeError" ? "The server cannot be reached. Try again in a moment." : problem.message;
  dialog.querySelector("h2")?.after(make("p", { role: "alert", class: "note bad", text: words }));
}

function opened(room: Room, title: string, ...inside: HTMLElement[]): HTMLDialogElement {
  const close = make("button", { type: "submit", text: "Close" });
  const dialog = make("dialog", { class: "stack", "aria-labelledby": "kept-title" });
  dialog.append(make("h2", { id: "kept-title", text: title }), ...inside, make("form", { method: "dialog" }, close));
  openSheet(room, dialog, close);
  return dialog;
}
