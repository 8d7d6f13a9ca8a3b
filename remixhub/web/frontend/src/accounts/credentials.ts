// Passkeys as JSON, both ways: by the browser where it can, else by hand (WebAuthn level 3, 5.1.8 to 5.1.10).

type Json = Record<string, unknown>;
type CreationJson = PublicKeyCredentialCreationOptionsJSON;
type RequestJson = PublicKeyCredentialRequestOptionsJSON;

export async function createPasskey(options: CreationJson): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? creation(options);
  return written(await navigator.credentials.create({ publicKey }));
}

/** `conditional`: the browser offers passkeys in the field for the name, and answers only if one is taken. */
export async function getPasskey(options: RequestJson, signal: AbortSignal, conditional = false): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? request(options);
  const mediation = conditional ? { mediation: "conditional" as const } : {};
  return written(await navigator.credentials.get({ publicKey, signal, ...mediation }));
}

function creation(options: CreationJson): PublicKeyCredentialCreationOptions {
  const known = (options.excludeCredentials ?? []).map(described);
  const user = { ...options.user, id: bytes(options.user.id) };
  const read = { ...options, challenge: bytes(options.challenge), user, excludeCredentials: known };
  return read as unknown as PublicKeyCredentialCreationOptions;
}

function request(options: RequestJson): PublicKeyCredentialRequestOptions {
  const allowed = (options.allowCredentials ?? []).map(described);
  const read = { ...options, challenge: bytes(options.challenge), allowCredentials: allowed };
  return read as unknown as PublicKeyCredentialRequestOptions;
}

function described(one: { id: string }): PublicKeyCredentialDescriptor {
  return { ...one, id: bytes(one.id) } as unknown as PublicKeyCredentialDescriptor;
}

function written(credential: Credential | null): unknown {
  const passkey = credential as PublicKeyCredential;
  if (typeof passkey.toJSON === "function") return passkey.toJSON();
  const response: Json = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = (passkey.response as unknown as Record<string, ArrayBuffer | null | undefined>)[name];
    if (value) response[name] = text(value);
  }
  const created = passkey.response as AuthenticatorAttestationResponse;
  if (typeof created.getTransports === "function") response["transports"] = created.getTransports();
  const clientExtensionResults = passkey.getClientExtensionResults();
  return { id: passkey.id, rawId: text(passkey.rawId), type: passkey.type, response, clientExtensionResults };
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(value: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(value));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
