// Asks before a page is left that would lose something: when it is closed, and when one walks on (walking.ts).

/** `question` says what would be lost, or null where nothing would. Answers how to stop asking. */
export function askBeforeLeaving(question: () => string | null): () => void {
  const ask = (event: Event): void => {
    const asked = question();
    if (asked === null) return;
    event.preventDefault();
    const walk = (event as CustomEvent<{ question: string } | null>).detail;
    if (walk) walk.question = asked;
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
