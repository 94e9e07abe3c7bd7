// What a passkey is bound to: the Worker's own origin, so that one serves every docs site. Checks what an authenticator
// has signed, and nothing else: whether the challenge was ours and is still good, the statement that uses it up says.
//
// No attestation is asked for, so none is trusted: what model an authenticator is decides nothing here.
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import type { AuthenticationResponse, RegistrationResponse } from "../../core/passkey.ts";

/** Milliseconds a reader has to answer the browser's question; a challenge is good for as long. */
export const CEREMONY_MS = 5 * 60_000;

/** COSE algorithms that the Worker verifies, the preferred one first: EdDSA, ES256, RS256. */
export const ALGORITHMS = [-8, -7, -257];

export interface RelyingParty {
  /** The host. */
  id: string;
  origin: string;
  /** What the authenticator shows. */
  name: string;
}

export const relyingParty = (baseUrl: string, name: string): RelyingParty => ({
  id: new URL(baseUrl).hostname,
  origin: baseUrl,
  name,
});

/** The reader's id, as an authenticator keeps it: 16 bytes that say nothing about anybody. */
export function userHandleOf(userId: string): string {
  const hex = userId.replaceAll("-", "");
  const bytes = Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export interface Registered {
  challenge: string;
  credentialId: string;
  /** COSE, in base64. */
  publicKey: string;
  counter: number;
  deviceType: string;
  backedUp: boolean;
  transports: string[];
  aaguid: string;
}

/** @returns undefined when it was not made here, or by nobody in particular */
export async function verifyRegistration(
  party: RelyingParty,
  response: RegistrationResponse,
): Promise<Registered | undefined> {
  let challenge = "";
  const { clientDataJSON, attestationObject, transports = [] } = response.response;
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
      expectedChallenge: (signed) => {
        challenge = signed;
        return true;
      },
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!registrationInfo) return undefined;
    const { credential, credentialDeviceType, credentialBackedUp, aaguid } = registrationInfo;
    return {
      challenge,
      credentialId: credential.id,
      publicKey: toBase64(credential.publicKey),
      counter: credential.counter,
      deviceType: credentialDeviceType,
      backedUp: credentialBackedUp,
      transports,
      aaguid,
    };
  } catch {
    // The library throws whatever is wrong; which of it is of no use to whoever sent it.
    return undefined;
  }
}

/** A passkey as it is stored. */
export interface StoredPasskey {
  id: string;
  userId: string;
  credentialId: string;
  publicKey: string;
  counter: number;
}

export interface Authenticated {
  challenge: string;
  /** As the authenticator counts now; 0 where it does not count. */
  counter: number;
  backedUp: boolean;
}

/** @returns undefined when it is not the passkey's answer, or its user was not verified, or its counter went back */
export async function verifyAuthentication(
  party: RelyingParty,
  response: AuthenticationResponse,
  stored: StoredPasskey,
): Promise<Authenticated | undefined> {
  if (response.response.userHandle !== userHandleOf(stored.userId)) return undefined;
  let challenge = "";
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, clientExtensionResults: {} },
      expectedChallenge: (signed) => {
        challenge = signed;
        return true;
      },
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id: stored.credentialId, publicKey: fromBase64(stored.publicKey), counter: stored.counter },
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    return { challenge, counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  } catch {
    return undefined;
  }
}
