// <copy-key>: puts the text of its <code> on the clipboard. Without a clipboard the key stays hidden.
export class CopyKey extends HTMLElement {
  connectedCallback(): void {
    const key = this.querySelector("button");
    const text = this.querySelector("code")?.textContent ?? "";
    if (!key || !("clipboard" in navigator)) return;
    key.hidden = false;
    key.onclick = () => {
      const said = this.querySelector("output");
      const say = (words: string): void => {
        if (said) said.value = words;
      };
      navigator.clipboard.writeText(text).then(() => say("Copied."), () => say("Not copied: select it and copy."));
    };
  }
}
