// Which module makes which element of a page work. It is fetched where the element stands, and nowhere else.

type Loading = () => Promise<CustomElementConstructor>;

const MODULES: Record<string, Loading> = {
  "comment-marks": async () => (await import("./comments/comment_marks")).CommentMarks,
  "copy-key": async () => (await import("./contests/copy_key")).CopyKey,
  "count-down": async () => (await import("./contests/count_down")).CountDown,
  "credit-rows": async () => (await import("./drafts/credit_rows")).CreditRows,
  "draft-form": async () => (await import("./drafts/draft_form")).DraftForm,
  "entry-deck": async () => (await import("./contests/entry_deck")).EntryDeck,
  "form-steps": async () => (await import("./contests/form_steps")).FormSteps,
  "judge-desk": async () => (await import("./contests/judge_desk")).JudgeDesk,
  "lineage-map": async () => (await import("./lineage/map")).LineageMap,
  "local-time": async () => (await import("./contests/local_time")).LocalTime,
  "mix-desk": async () => (await import("./mixing/desk/mix_desk")).MixDesk,
  "passkey-key": async () => (await import("./accounts/passkey_key")).PasskeyKey,
  "play-all": async () => (await import("./playback/play_all")).PlayAll,
  "play-bar": async () => (await import("./playback/play_bar")).PlayBar,
  "play-spot": async () => (await import("./drafts/play_spot")).PlaySpot,
  "search-field": async () => (await import("./search/search_field")).SearchField,
  "stem-deck": async () => (await import("./playback/stem_deck")).StemDeck,
  "stem-order": async () => (await import("./drafts/stem_order")).StemOrder,
  "suggestion-chips": async () => (await import("./drafts/suggestion_chips")).SuggestionChips,
  "upload-box": async () => (await import("./uploads/box")).UploadBox,
  "waiting-upload": async () => (await import("./uploads/waiting")).WaitingUpload,
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
