// What a reader does with their account in the dialog: in, out, and their answers. Apart from the store, because only
// who opens the dialog needs it.
import { accountApi } from "../api/account-api.ts";
import { type Failure, isSignedOut, type Outcome } from "../api/api.ts";
import type { LooseBackground } from "../api/wire.ts";
import { announce } from "../page/events.ts";
import type { SignInFailure } from "./reader-state.ts";
import type { ReaderStore } from "./reader-store.ts";

export interface Credentials {
  email: string;
  password: string;
  /** Others use this computer too: the session ends with the browser. */
  isPublic: boolean;
}

/** What is left to do after a step of a sign-in. */
export type Entered = { failure: SignInFailure } | "second-factor" | "confirm-address" | "in";

/** Makes an account. `lang`: what the reader reads, and is written in. */
export async function signUp(
  store: ReaderStore,
  { email, password, isPublic }: Credentials,
  lang: string,
): Promise<Entered> {
  const answer = await accountApi(store.parts.api).signUp(email, password, !isPublic, lang);
  if (!answer.ok) return answer;
  return answer.value.token === null ? "confirm-address" : enter(store, isPublic);
}

/** Signs in; a reader with a second factor is asked for it next. */
export async function signIn(store: ReaderStore, { email, password, isPublic }: Credentials): Promise<Entered> {
  const answer = await accountApi(store.parts.api).signIn(email, password, !isPublic);
  if (!answer.ok) return answer;
  return answer.value.twoFactorRedirect ? "second-factor" : enter(store, isPublic);
}

/** Answers the question that a sign-in has left open. */
export async function giveSecondFactor(store: ReaderStore, code: string, isPublic: boolean): Promise<Entered> {
  const answer = await accountApi(store.parts.api).secondFactor(code);
  return answer.ok ? enter(store, isPublic) : answer;
}

/** The answer said yes; whether the browser kept the cookie only the next request can tell. */
async function enter(store: ReaderStore, isPublic: boolean): Promise<Entered> {
  const { api, device, visit, outbox } = store.parts;
  const me = await api.me();
  if (!me.ok && isSignedOut(me.failure)) {
    // Whoever signs in by way of the Worker's page gets a bearer.
    device.rememberBearer("");
    return { failure: { kind: "cookie-lost" } };
  }
  if (!me.ok) return me;
  device.rememberPublic(isPublic);
  visit.end();
  await store.enterAs(me.value);
  if (outbox.hasPending(me.value.user.id)) void outbox.flush(me.value.user.id, { urgent: true });
  store.changed({ announcement: "signed-in" });
  void store.lists.load();
  return "in";
}

/**
 * With nothing kept here, what waits to be sent is sent before: there is no later.
 * @param keep leaves a copy of answers and reading on this device
 * @returns what went wrong; then the reader is still signed in
 */
export async function signOut(store: ReaderStore, keep: boolean): Promise<Failure | undefined> {
  const { api, device, openLocal } = store.parts;
  const id = store.reader.status === "signed-in" ? store.reader.id : undefined;
  store.dispatchEvent(new Event("leaving"));
  const unsent = id === undefined ? undefined : await flushAll(store, id);
  if (unsent && !keep) return unsent;
  const background = keep ? await api.background() : undefined;
  if (background && !background.ok && !isSignedOut(background.failure)) return background.failure;
  const local = keep ? (store.local ?? (await openLocal().catch(() => undefined))) : undefined;
  if (keep && !local) return { kind: "unreachable" };
  const answer = await accountApi(api).signOut();
  if (!answer.ok) return answer.failure;
  store.draft = undefined;
  if (local) {
    if (id !== undefined) local.keep(id, background?.ok ? background.value : {}, store.reading);
    store.local = local;
  } else store.clearDevice(id);
  device.rememberPublic(false);
  store.leave("signed-out");
  return undefined;
}

/** @returns what kept the events from the Worker; nothing where the session is over, because there is no way then */
async function flushAll({ parts: { outbox } }: ReaderStore, id: string): Promise<Failure | undefined> {
  for (;;) {
    const before = outbox.pending(id).length;
    const flushed = await outbox.flush(id, { urgent: true });
    // What the Worker will never take is dropped, and the rest goes on.
    if (flushed.status === "sent" || outbox.pending(id).length < before) continue;
    return flushed.status === "failed" && !isSignedOut(flushed.failure) ? flushed.failure : undefined;
  }
}

/** The answers so far, from the account or from this device. */
export async function backgroundOf({ parts, reader, local }: ReaderStore): Promise<Outcome<LooseBackground>> {
  if (reader.status === "signed-in" || reader.status === "unreachable") return parts.api.background();
  return { ok: true, value: { ...local?.reader.background } };
}

/** Saves the whole background, then ranks anew. */
export async function saveBackground(store: ReaderStore, input: LooseBackground): Promise<Failure | undefined> {
  const { api, facts, visit } = store.parts;
  const { account, reader } = store;
  if (reader.status !== "signed-in") return saveHere(store, input);
  const answer = await api.saveBackground(reader.id, input);
  if (account !== store.account) return answer.ok ? undefined : answer.failure;
  if (!answer.ok) {
    // The session ended, or somebody else's began in another tab.
    if (isSignedOut(answer.failure)) await store.begin(true);
    return answer.failure;
  }
  facts.write(answer.value);
  visit.change({ hasAnswers: true });
  store.changed({ reader: { ...reader, hasAnswers: true }, announcement: "saved" });
  announce("docent-saved", { what: "answers", where: "server" });
  void store.lists.load();
  return undefined;
}

/** The answers of a reader without an account. */
async function saveHere(store: ReaderStore, input: LooseBackground): Promise<Failure | undefined> {
  const local = await store.localToWrite();
  if (!local?.saveAnswers(input)) return { kind: "unreachable" };
  store.showLocal("saved");
  announce("docent-saved", { what: "answers", where: "device" });
  void store.lists.load();
  return undefined;
}
