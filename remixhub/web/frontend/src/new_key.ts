/** 128 random bits in hexadecimal; `crypto.randomUUID` is not there on a hub without TLS. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
