// The wire schemas of passkeys (WebAuthn Level 3). Binary values are base64url without padding, as a browser's
// `PublicKeyCredential.toJSON()` writes them; what browsers add beyond what is named here is not looked at.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { time, uuid } from "./primitives.ts";

/** Of a body: an attestation object with an RSA key and the longest credential id. */
export const PASSKEY_BODY_BYTES = 24 * 1024;
/** Of one reader. */
export const MAX_PASSKEYS = 20;

const base64url = (max: number) =>
  z.string().check(z.minLength(1), z.maxLength(max), z.regex(/^[A-Za-z0-9_-]*$/, "must be base64url"));

/** At most 1023 bytes. */
const credentialId = base64url(1364);
const credential = { id: credentialId, rawId: credentialId, type: z.literal("public-key") };
const clientDataJSON = base64url(4096);
const name = storableText(255, 1).check(z.regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must not contain control characters"));

export const registrationResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(16384),
    transports: z.optional(
      z.array(z.string().check(z.regex(/^[a-z-]{1,20}$/, "must be a transport"))).check(z.maxLength(10)),
    ),
  }),
});

export type RegistrationResponse = z.infer<typeof registrationResponse>;

export const authenticationResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(4096),
    signature: base64url(2048),
    /** Whose passkey it is; a discoverable credential names them. */
    userHandle: base64url(88),
  }),
});
export type AuthenticationResponse = z.infer<typeof authenticationResponse>;

/** Body of `POST /api/auth/passkey/verify-registration`. */
export const verifyRegistrationInput = z.strictObject({ response: registrationResponse, name: z.optional(name) });

/** Body of `POST /api/auth/passkey/verify-authentication`. */
export const verifyAuthenticationInput = z.strictObject({
  response: authenticationResponse,
  /** `false`: a session of a day, and a cookie until the browser closes. */
  rememberMe: z.optional(z.boolean()),
});

/** Body of `POST /api/auth/prove/passkey`. */
export const provePasskeyInput = z.strictObject({ response: authenticationResponse });

const id = z.uuid("must be the id of one of your passkeys");
/** Body of `POST /api/auth/passkey/delete-passkey`. */
export const deletePasskeyInput = z.strictObject({ id });
/** Body of `POST /api/auth/passkey/update-passkey`. */
export const updatePasskeyInput = z.strictObject({ id, name });

const descriptor = z.object({ id: z.string(), type: z.literal("public-key"), transports: z.array(z.string()) });

/** What `navigator.credentials.create` takes, by `PublicKeyCredential.parseCreationOptionsFromJSON`. */
export const registrationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.number() })),
  timeout: z.number(),
  attestation: z.literal("none"),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal("required"),
    requireResidentKey: z.literal(true),
    userVerification: z.literal("required"),
  }),
});

/** What `navigator.credentials.get` takes, by `PublicKeyCredential.parseRequestOptionsFromJSON`. */
export const authenticationOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.number(),
  userVerification: z.literal("required"),
  allowCredentials: z.array(descriptor),
});

export const passkeyView = z.object({
  id: uuid,
  /** Null where the reader gave it none. */
  name: z.nullable(z.string()),
  createdAt: z.nullable(time),
  lastUsedAt: z.nullable(time),
  /** `multiDevice`: it is synchronised between the reader's devices. */
  deviceType: z.enum(["singleDevice", "multiDevice"]),
  backedUp: z.boolean(),
});
export const listPasskeysAnswer = z.array(passkeyView);
export const updatePasskeyAnswer = z.object({ passkey: passkeyView });
