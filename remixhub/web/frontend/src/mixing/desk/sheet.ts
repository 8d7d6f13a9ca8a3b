// A sheet above the desk: gone with the desk, and the focus goes back to where it was.
import type { Room } from "./room";

export function openSheet(room: Room, sheet: HTMLDialogElement, first: HTMLElement): void {
  const before = document.activeElement;
  sheet.addEventListener("close", () => {
    sheet.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  room.signal.addEventListener("abort", () => sheet.close(), { once: true });
  document.body.append(sheet);
  sheet.showModal();
  first.focus();
}
