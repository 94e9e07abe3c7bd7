// What a request says about the machine it came from, as a session and the audit trail keep it.

export interface Caller {
  /** Cloudflare's word; a client's own is not believed. At most 45 characters. */
  ipAddress: string | null;
  /** Cut to 512 characters, never refused. */
  userAgent: string | null;
}

export function callerOf(headers: Headers): Caller {
  const address = headers.get("cf-connecting-ip");
  return {
    ipAddress: address !== null && address.length <= 45 ? address : null,
    userAgent: headers.get("user-agent")?.slice(0, 512) ?? null,
  };
}
