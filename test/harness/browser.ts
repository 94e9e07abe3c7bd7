// What a browser does around a fetch: keeps cookies, sends Origin and Sec-Fetch-*. Says nothing about partitions:
// real browsers do, in test/browser.
import { BASE_URL, DOCS_SAME_SITE, type Isolate } from "./isolate.ts";

export interface Send {
  method?: string;
  json?: unknown;
  headers?: Record<string, string>;
  /** null for a caller that sends none. */
  origin?: string | null;
  body?: BodyInit;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed body; its text where it is no JSON. */
  body: unknown;
  text: string;
  setCookies: string[];
}

export class Browser {
  isolate: Isolate;
  readonly origin: string;
  readonly cookies = new Map<string, string>();

  constructor(isolate: Isolate, origin: string = DOCS_SAME_SITE) {
    this.isolate = isolate;
    this.origin = origin;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async send(
    path: string,
    { method = "GET", json, headers = {}, origin = this.origin, body }: Send = {},
  ): Promise<Answer> {
    const site =
      origin === BASE_URL
        ? "same-origin"
        : origin === null
          ? "none"
          : new URL(origin).hostname === "localhost"
            ? "same-site"
            : "cross-site";
    const request = new Request(new URL(path, BASE_URL), {
      method,
      headers: {
        "User-Agent": "Docent tests",
        "CF-Connecting-IP": "203.0.113.7",
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "cors",
        ...(origin !== null && (origin !== BASE_URL || method !== "GET") && { Origin: origin }),
        ...(this.cookies.size > 0 && { Cookie: this.cookieHeader }),
        ...(json !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined ? { body } : {}),
    });
    const response = await this.isolate.worker.fetch(request);
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) this.#keep(cookie);
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {}
    return { status: response.status, headers: response.headers, body: parsed, text, setCookies };
  }

  post(path: string, json: unknown, options: Send = {}): Promise<Answer> {
    return this.send(path, { ...options, method: "POST", json });
  }

  put(path: string, json: unknown, options: Send = {}): Promise<Answer> {
    return this.send(path, { ...options, method: "PUT", json });
  }

  #keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(pair.indexOf("=") + 1);
    if (value === "" || attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  /** Signs a new reader up. */
  signUp(email = `reader-${crypto.randomUUID()}@example.test`, password = "correct horse battery"): Promise<Answer> {
    return this.post("/api/auth/sign-up/email", { email, password, name: "Reader" });
  }
}
