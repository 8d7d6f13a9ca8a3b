// Draft mixes in the account, by the API that everybody has.
import { problemOf } from "../../api";
import type { Mix } from "../document/mix";

export interface KeptDraft {
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly spec: unknown;
  readonly saved_at: string;
}

export interface Revision {
  readonly revision: number;
  readonly saved_at: string;
}

/** Fits beside others into what a browser still sends when a page is left. */
const MOST_LEAVING_BYTES = 60_000;

export class Account {
  constructor(
    /** `/api/v1/mix-drafts` */
    private readonly url: string,
    private readonly packId: string,
  ) {}

  /** The same `key` again makes no second draft. */
  create(spec: Mix, title: string, key: string, isLeaving = false): Promise<KeptDraft> {
    return call("POST", this.url, { stem_pack_id: this.packId, spec, title }, { "Idempotency-Key": key }, isLeaving);
  }

  save(id: string, revision: number, spec: Mix, title: string, isLeaving = false): Promise<KeptDraft> {
    return call("PUT", `${this.url}/${id}`, { spec, title }, { "If-Match": `"${revision}"` }, isLeaving);
  }

  read(id: string): Promise<KeptDraft> {
    return call("GET", `${this.url}/${id}`);
  }

  revisions(id: string, cursor: string | null): Promise<{ revisions: Revision[]; next: string | null }> {
    return call("GET", `${this.url}/${id}/revisions?limit=50${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`);
  }

  revision(id: string, number: number): Promise<{ spec: unknown }> {
    return call("GET", `${this.url}/${id}/revisions/${number}`);
  }

  share(id: string): Promise<{ share_url: string }> {
    return call("POST", `${this.url}/${id}/share`);
  }

  endShare(id: string): Promise<void> {
    return call("DELETE", `${this.url}/${id}/share`);
  }
}

/** What oEmbed gives to other sites for an address of ours. */
export async function embedCode(address: string): Promise<string> {
  return (await call<{ html: string }>("GET", `/oembed?url=${encodeURIComponent(address)}`)).html;
}

/** Rejects with a `Problem` as the server words it, with anything else when it cannot be reached. */
async function call<T>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}, isLeaving = false): Promise<T> {
  const text = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: text === null ? headers : { ...headers, "Content-Type": "application/json" },
    body: text,
    keepalive: isLeaving && (text?.length ?? 0) < MOST_LEAVING_BYTES,
  });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
