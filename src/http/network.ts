// Which network a request came from, as far as limits are concerned. Pure.

/** The groups of an IPv6 address, or undefined when it is none. */
function groupsOf(address: string): string[] | undefined {
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? groups : undefined;
}

/**
 * The address itself, or the /64 of an IPv6 address: whoever has one has all of it. Every spelling of an address is the
 * same network. What is no address (there is none outside of Cloudflare) is one network for all.
 */
export function networkOf(address: string | null): string {
  if (address === null) return "unknown";
  const text = address.trim().toLowerCase();
  if (!text.includes(":")) return /^[\d.]{7,15}$/.test(text) ? text : "unknown";
  // An IPv4 address in IPv6's clothes: ::ffff:192.0.2.1.
  const mapped = /^(?:0*:)*:?ffff:([\d.]{7,15})$/.exec(text)?.[1];
  if (mapped) return mapped;
  const groups = groupsOf(text);
  if (!groups) return "unknown";
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
