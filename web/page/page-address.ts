// From a path in a catalogue to an address that may be followed.

/**
 * The address of a page of this site. The Worker has checked the path; a widget still never follows one to another
 * origin, because a catalogue is text that somebody pushed.
 */
export function pageAddress(path: string, base: string): string | undefined {
  const origin = new URL(base).origin;
  if (!URL.canParse(path, origin)) return undefined;
  const url = new URL(path, origin);
  return url.origin === origin ? url.href : undefined;
}
