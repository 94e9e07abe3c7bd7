// Which way in was used last on this device, so that it is the first one shown. Its name, and nothing about the reader.
const KEY = "docent:last-method";

export function lastMethod(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberMethod(method: string): void {
  try {
    localStorage.setItem(KEY, method);
  } catch {
    // Not remembered, then.
  }
}
