// The few calls that scripts make to /api/v1, with the session's cookie.

/** An RFC 9457 problem, as the server words it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

interface Told {
  code?: string;
  detail?: string;
  violations?: { message: string }[];
}

export interface Upload {
  id: string;
  state: "open" | "verifying" | "ready" | "claimed" | "rejected" | "aborted";
  size_bytes: number;
  part_size_bytes: number;
  parts?: { number: number; size_bytes: number }[];
  rejection?: { code: string; detail: string } | null;
  waiting?: { code: string; detail: string } | null;
}

export function createUpload(filename: string, sizeBytes: number, purpose: string): Promise<Upload> {
  return call<Upload>("POST", "/api/v1/uploads", { filename, size_bytes: sizeBytes, purpose });
}

export function readUpload(id: string): Promise<Upload> {
  return call<Upload>("GET", `/api/v1/uploads/${id}`);
}

export async function discardUpload(id: string): Promise<void> {
  await call("DELETE", `/api/v1/uploads/${id}`);
}

/** Says that the entry plays now; answers how much of it was heard. */
export function beatHearing(contestId: string, entryId: string): Promise<{ heard_ms: number }> {
  return call("POST", `/api/v1/contests/${contestId}/hearings`, { entry_id: entryId });
}

/** Says that a work begins to play; answers what to give back when it was heard, null where that counts nothing. */
export function beginPlay(workId: string): Promise<{ play_token: string | null; heard_after_seconds: number }> {
  return call("POST", `/api/v1/works/${workId}/plays`);
}

/** Says that so much of it was heard. */
export async function endPlay(token: string): Promise<void> {
  await call("POST", "/api/v1/plays", { play_token: token });
}

/** Keeps a judge's scores of one entry. */
export async function keepScores(url: string, given: { scores: Record<string, number>; note: string }): Promise<void> {
  await call("PUT", url, given);
}

/** Orders the kept mix to be rendered; answers the mix that is made. */
export function renderDraft(drafts: string, id: string): Promise<{ id: string }> {
  return call("POST", `${drafts}/${id}/render`);
}

/** Hands a verified upload to the draft; answers the piece of page that shows it. */
export async function claimUpload(url: string, uploadId: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { Accept: "text/html, application/problem+json" },
    body: new URLSearchParams({ upload_id: uploadId }),
  });
  if (!response.ok) throw await problemOf(response);
  return response.text();
}

/** What a passkey has to sign, from `…/passkey-options`. */
export async function askChallenge<T>(url: string): Promise<T> {
  return (await call<{ options: T }>("POST", url, url.includes("second-step") ? {} : undefined)).options;
}

/** Sends what the authenticator gave. */
export async function answerChallenge(url: string, answer: { passkey: unknown; name?: string }): Promise<void> {
  await call("POST", url, answer);
}

export interface Suggestion {
  kind: "word" | "work" | "artist" | "label" | "contest";
  text: string;
  /** A work's or contest's; an artist's or label's handle; none of a word. */
  id: string | null;
}

/** What completes what was typed. */
export async function suggest(url: string, typed: string, signal: AbortSignal): Promise<Suggestion[]> {
  const response = await fetch(`${url}?${new URLSearchParams({ q: typed })}`, { signal });
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as { suggestions: Suggestion[] }).suggestions;
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function problemOf(response: Response): Promise<Problem> {
  const isProblem = response.headers.get("Content-Type")?.includes("json") ?? false;
  const told = isProblem ? ((await response.json()) as Told) : {};
  // where a field is at fault, what is wrong with it says more than that something is
  const detail = told.violations?.map((one) => one.message).join(" ") || told.detail;
  return new Problem(response.status, told.code ?? "http_error", detail ?? "The server did not answer as expected.");
}
