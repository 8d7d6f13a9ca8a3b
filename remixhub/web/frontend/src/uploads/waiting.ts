// <waiting-upload upload="…">: how much of it has arrived, and the way to the draft that it was begun in with this browser.
import { readUpload } from "../api";
import { sizeText } from "../clock_text";
import { allRemembered } from "./memory";

export class WaitingUpload extends HTMLElement {
  connectedCallback(): void {
    const id = this.getAttribute("upload") ?? "";
    const begun = allRemembered().find((one) => one.uploadId === id);
    const draft = begun && /^\/works\/[0-9a-f]+/.exec(begun.place)?.[0];
    if (draft && this.querySelector("a") === null) {
      const link = document.createElement("a");
      link.href = `${draft}/edit#stems`;
      link.textContent = "Go on in its draft";
      this.append(link);
    }
    void this.#showArrived(id);
  }

  async #showArrived(id: string): Promise<void> {
    try {
      const upload = await readUpload(id);
      if (upload.state !== "open" || !this.isConnected) return;
      const bytes = (upload.parts ?? []).reduce((sum, part) => sum + part.size_bytes, 0);
      const bar = document.createElement("progress");
      bar.max = upload.size_bytes;
      bar.value = bytes;
      bar.setAttribute("aria-label", `${sizeText(bytes)} of ${sizeText(upload.size_bytes)} have arrived`);
      const text = document.createElement("p");
      text.className = "figure";
      text.textContent = `${sizeText(bytes)} of ${sizeText(upload.size_bytes)} have arrived`;
      this.prepend(bar, text);
    } catch (fault) {
      console.warn("how far it came is not known", fault); // the page says the rest
    }
  }
}
