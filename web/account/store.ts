// The one state that all views share: who is here, which ways in are on, and what was just said. Views change it through
// its functions and are drawn anew on "change".
import type { Shape } from "../api/shape.ts";
import { anything } from "../api/shape.ts";
import { call, type Outcome } from "./api.ts";
import { rememberMethod } from "./last-method.ts";
import { texts } from "./texts/current.ts";
import { finishAnswer, type PublicConfig, publicConfig, sessionAnswer, type User } from "./wire.ts";

export type Who =
  | { status: "checking" }
  | { status: "unreachable" }
  | { status: "nobody" }
  /** Signed in, and about to leave for the docs page they came from. */
  | { status: "leaving" }
  | { status: "reader"; user: User; sessionId: string };

/** What the Worker's routes call "who are you?". */
const SIGNED_OUT = new Set(["UNAUTHORIZED", "UNAUTHENTICATED"]);

type Method = Parameters<typeof call>[0];

export class AccountStore extends EventTarget {
  who: Who = { status: "checking" };
  config: PublicConfig | undefined;
  /** The way back to the docs page that the reader came from. */
  flow: string | undefined;
  /** How the reader began to sign in, while the second factor is asked for. */
  beganWith = "";
  /** Said once, above what is shown. */
  notice = "";
  /** Asks the reader to prove who they are; set by the page, which has the dialog. */
  prove: () => Promise<boolean> = async () => false;

  changed(change: Partial<Pick<AccountStore, "who" | "config" | "notice">>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }

  get user(): User | undefined {
    return this.who.status === "reader" ? this.who.user : undefined;
  }

  /** Finds out who is here, and once which ways in are on. @returns whether anything is known now */
  async begin(): Promise<boolean> {
    const [who, config] = await Promise.all([
      call("GET", "/api/auth/get-session", sessionAnswer),
      this.config ? undefined : call("GET", "/docent/config.json", publicConfig),
    ]);
    if (config?.ok) this.config = config.value;
    if (!who.ok || !this.config) this.changed({ who: { status: "unreachable" } });
    else if (who.value === null) this.changed({ who: { status: "nobody" } });
    else this.changed({ who: { status: "reader", user: who.value.user, sessionId: who.value.session.id } });
    return this.who.status !== "unreachable";
  }

  /** What is known of the reader is asked anew, and nothing is said where that fails: it was not what they asked for. */
  async refresh(): Promise<void> {
    const answer = await call("GET", "/api/auth/get-session", sessionAnswer);
    if (!answer.ok || this.who.status !== "reader") return;
    const { value } = answer;
    if (value) this.changed({ who: { status: "reader", user: value.user, sessionId: value.session.id } });
    else this.ended(texts.sessionEnded);
  }

  /**
   * A way in said yes: who is here is asked, because whether the browser kept the cookie only the next request can tell.
   * @returns what went wrong, or ""
   */
  async enter(method: string): Promise<string> {
    this.notice = "";
    if (!(await this.begin())) return texts.unreachable;
    if (!this.user) return texts.cookieLost;
    rememberMethod(method);
    return this.flow === undefined ? "" : this.goBack();
  }

  /** Back to the docs page that the reader came from, with a code. @returns what went wrong, or "" */
  async goBack(): Promise<string> {
    const answer = await call("POST", "/api/hand-off/finish", finishAnswer, { flow: this.flow });
    if (answer.ok && /^https?:\/\//.test(answer.value.location)) {
      this.changed({ who: { status: "leaving" } });
      location.assign(answer.value.location);
      return "";
    }
    if (!answer.ok && answer.failure.kind === "unreachable") return texts.unreachable;
    this.flow = undefined;
    this.changed({ notice: texts.flowOver });
    return "";
  }

  /** The session is over. */
  ended(notice: string): void {
    this.changed({ who: { status: "nobody" }, notice });
  }

  /**
   * A request of a reader who is signed in. Where the Worker wants a fresh proof of who they are, they are asked for it
   * and the request is made again; a session that is over ends what is shown.
   */
  async ask<T>(method: Method, path: string, shape: Shape<T>, body?: object): Promise<Outcome<T>> {
    let outcome = await call(method, path, shape, body);
    if (!outcome.ok && outcome.failure.kind === "refused" && outcome.failure.code === "STEP_UP_REQUIRED") {
      if (!(await this.prove())) return { ok: false, failure: { kind: "cancelled" } };
      outcome = await call(method, path, shape, body);
    }
    // Other answers of this status are about a code or a password that was given.
    if (!outcome.ok && outcome.failure.kind === "refused" && SIGNED_OUT.has(outcome.failure.code)) {
      this.ended(texts.sessionEnded);
    }
    return outcome;
  }

  /** The same for a request whose answer says nothing but that it was done. */
  act(path: string, body: object = {}, method: Method = "POST"): Promise<Outcome<unknown>> {
    return this.ask(method, path, anything, body);
  }
}
