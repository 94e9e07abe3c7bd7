// The one state that all views share: who is here, which ways in are on, and what was just said. Views change it through
// its functions and are drawn anew on "change".
import type { Shape } from "../api/shape.ts";
import { anything } from "../api/shape.ts";
import { call, type Outcome } from "./api.ts";
import { texts } from "./texts/current.ts";
import { type PublicConfig, publicConfig, sessionAnswer, type User } from "./wire.ts";

export type Who =
  | { status: "checking" }
  | { status: "unreachable" }
  | { status: "nobody" }
  | { status: "reader"; user: User; sessionId: string };

type Method = Parameters<typeof call>[0];

export class AccountStore extends EventTarget {
  who: Who = { status: "checking" };
  config: PublicConfig | undefined;
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
    if (!outcome.ok && outcome.failure.kind === "refused" && outcome.failure.status === 401)
      this.ended(texts.sessionEnded);
    return outcome;
  }

  /** The same for a request whose answer says nothing but that it was done. */
  act(path: string, body: object = {}, method: Method = "POST"): Promise<Outcome<unknown>> {
    return this.ask(method, path, anything, body);
  }
}
