// What a provider is to us: a place to send the reader to, and a way to learn from its answer who they are. Its tokens
// are used for that and then forgotten: nothing of ours acts in the reader's name there.

/** Who a provider says somebody is. */
export interface Identity {
  /** The reader's id at the provider, which never changes hands. */
  accountId: string;
  /** In lower case; null where the provider gives none. */
  email: string | null;
  /** The provider has made sure that the address is theirs. Without it the address proves nothing. */
  emailVerified: boolean;
  /** `""` means none. */
  name: string;
  image: string | null;
}

/** The request that a reader is sent with; kept until they are back. */
export interface AuthorizationRequest {
  state: string;
  /** PKCE (RFC 7636): a code that was caught on its way is of no use without it. */
  codeVerifier: string;
  /** In the ID token again: one that was made for another request is refused. */
  nonce: string;
  redirectUri: string;
}

/** What the provider sent the reader back with. */
export interface Callback extends Omit<AuthorizationRequest, "state"> {
  code: string;
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  /** Where given, another in the callback (RFC 9207) is an answer of somebody else. */
  readonly issuer?: string;
  authorizationUrl(request: AuthorizationRequest): Promise<URL>;
  /** @throws ProviderUnavailable, ProviderRefused */
  identify(callback: Callback): Promise<Identity>;
}

/** No answer, or none that says yes or no. */
export class ProviderUnavailable extends Error {
  override name = "ProviderUnavailable";
}

/** An answer that is not to be believed, or a no. */
export class ProviderRefused extends Error {
  override name = "ProviderRefused";
}
