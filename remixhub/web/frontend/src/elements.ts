// Which module makes which element of a page work. It is fetched where the element stands, and nowhere else.

type Loading = () => Promise<CustomElementConstructor>;

const MODULES: Record<string, Loading> = {
  "count-down": async () => (await import("./contests/count_down")).CountDown,
  "entry-player": async () => (await import("./contests/entry_player")).EntryPlayer,
  "form-steps": async () => (await import("./contests/form_steps")).FormSteps,
  "lineage-map": async () => (await import("./lineage/map")).LineageMap,
  "stem-deck": async () => (await import("./playback/stem_deck")).StemDeck,
  "upload-box": async () => (await import("./uploads/box")).UploadBox,
  "wave-player": async () => (await import("./playback/wave_player")).WavePlayer,
};

/** Also for what arrives later: pieces that htmx swaps in, rows that a script adds. */
export function adoptElements(): void {
  const waiting = new Map(Object.entries(MODULES));
  const adopt = (): void => {
    for (const [name, load] of waiting) {
      if (document.querySelector(name) === null) continue;
      waiting.delete(name);
      void load().then((element) => customElements.define(name, element));
    }
  };
  new MutationObserver(adopt).observe(document.body, { childList: true, subtree: true });
  adopt();
}
