// Who is reading, and what is recommended to them: the one state that all elements of a page share. Somebody with an
// account is known to the Worker, somebody without who has acted to this device, and everybody else to nobody.
// Talks to the API; knows nothing of elements. Says "change" after every change.
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { type Api, isSignedOut } from "../api/api.ts";
import type { Me, User } from "../api/wire.ts";
import { announce } from "../page/events.ts";
import { currentPath, pageTitle } from "../page/page.ts";
import type { FactCache } from "../passages/facts.ts";
import type { Device } from "../storage/device.ts";
import type { Answers } from "./answers.ts";
import type { Local } from "./local.ts";
import type { Outbox } from "./outbox.ts";
import { type Announcement, PATIENCE, type ReaderState, type RecommendationState } from "./reader-state.ts";
import { Reading } from "./reading.ts";
import { RecommendationLists } from "./recommendation-lists.ts";
import type { Visit } from "./visit.ts";

export interface StoreParts {
  api: Api;
  device: Device;
  visit: Visit;
  outbox: Outbox<{ me?: Me | undefined }>;
  facts: FactCache;
  openLocal: () => Promise<Local>;
  /** Removes what is stored on every site of this origin: see forget-device.ts. */
  forgetDevice: (account: string | undefined) => void;
  /** The owner lets everybody's reading be remembered on their device. */
  rememberAlways: boolean;
}

export class ReaderStore extends EventTarget {
  /** For the rest of this room. */
  readonly parts: StoreParts;
  reader: ReaderState = { status: "checking" };
  recommendations: RecommendationState = { status: "none" };
  readonly lists = new RecommendationLists(this);
  /** What they did with the pages of this site. */
  reading = new Reading();
  /** Known after a sign-in on this page, or once `loadUser` was asked. */
  user: User | undefined;
  announcement: Announcement | undefined;
  /** This reader's choices in the questionnaire that are not saved yet: closing the dialog loses nothing. */
  draft: Answers | undefined;
  /** The element whose button could not open the dialog, because its part of the widget did not load. */
  dialogFailedAt: HTMLElement | undefined;
  /** Of a reader without an account, once it is loaded. */
  local: Local | undefined;
  /** The last reader who was known here; a session that ends does not change it. */
  #readerId: string | undefined;
  /** Counts who was asked for and found: an answer to an earlier question changes nothing. */
  #turn = 0;

  constructor(parts: StoreParts) {
    super();
    this.parts = parts;
  }

  get api(): Api {
    return this.parts.api;
  }

  get isPublic(): boolean {
    return this.parts.device.isPublic();
  }

  /** Whose account it is; also while the Worker cannot say so, because what happens is stored before it is sent. */
  get account(): string | undefined {
    const { reader } = this;
    if (reader.status === "signed-in") return reader.id;
    return reader.status === "guest" || reader.status === "signed-out" ? undefined : this.parts.device.signedInAs();
  }

  /** Whether what is read now is remembered, on the server or on this device. */
  get remembers(): boolean {
    if (this.account !== undefined) return true;
    return this.reader.status === "guest" && this.local?.reader.state?.reading.on === true;
  }

  changed(
    change: Partial<
      Pick<ReaderStore, "reader" | "recommendations" | "reading" | "user" | "announcement" | "dialogFailedAt">
    >,
  ): void {
    const before = this.reader.status === "signed-in";
    Object.assign(this, change);
    const after = this.reader.status === "signed-in";
    this.dispatchEvent(new Event("change"));
    if (before !== after) announce("docent-reader-changed", { signedIn: after });
  }

  setDialogFailure(at: HTMLElement | undefined): void {
    if (at !== this.dialogFailedAt) this.changed({ dialogFailedAt: at });
  }

  /**
   * Finds out who this is: the Worker is asked on the first page of a visit, within what `Visit` allows.
   * @param asked the reader wants to know, so a new visit begins
   */
  async begin(asked = false): Promise<void> {
    const { device, visit } = this.parts;
    const known = device.signedInAs();
    this.#turn += 1;
    if (known === undefined) return this.#beginWithout();
    if (asked) visit.end();
    visit.begin();
    if (visit.state && visit.state.reader === known) return this.#resume();
    this.changed({ reader: { status: "checking" } });
    const patience = setTimeout(() => {
      if (this.reader.status === "checking") this.changed({ reader: { status: "unreachable" } });
    }, PATIENCE);
    const check = visit.mayAsk() ? this.#check(known) : undefined;
    const list = this.lists.areWanted && visit.mayAsk() ? this.lists.load() : undefined;
    await Promise.all([check, list]);
    clearTimeout(patience);
  }

  /** A later page of the visit: everything but the list is known. */
  #resume(): void {
    const { visit, outbox } = this.parts;
    const { state } = visit;
    if (!state) return;
    this.#readerId = state.reader;
    const reading = new Reading(state.rows).add(state.events, state.titles);
    this.changed({ reader: { status: "signed-in", id: state.reader, hasAnswers: state.hasAnswers }, reading });
    // Nothing waits to be sent on this page, so a new list may be asked for when it is left over.
    if (this.lists.areWanted) this.lists.showKept(outbox.hasPending(state.reader));
  }

  /** Nobody is signed in: what this device knows, if anything. */
  async #beginWithout(): Promise<void> {
    const { device, openLocal, rememberAlways } = this.parts;
    if (!device.hasLocal() && !rememberAlways && this.local === undefined) {
      this.changed({ reader: { status: "signed-out" }, recommendations: { status: "none" }, reading: new Reading() });
      return;
    }
    try {
      // A router's next page has the catalogue of the one before.
      this.local ??= await openLocal();
    } catch (error) {
      console.warn("docent: a part could not be loaded", error);
      this.changed({ reader: { status: "signed-out" } });
      return;
    }
    if (rememberAlways && this.local.reader.state === undefined) this.local.reader.remember(true);
    this.showLocal();
    if (this.reader.status === "guest") void this.lists.load();
  }

  /** Draws what this device knows. */
  showLocal(announcement?: Announcement): void {
    const { facts, device } = this.parts;
    if (device.signedInAs() !== undefined) return;
    const state = this.local?.reader.state;
    const said = announcement ? { announcement } : {};
    if (!state) {
      this.changed({
        reader: { status: "signed-out" },
        recommendations: { status: "none" },
        reading: new Reading(),
        ...said,
      });
      return;
    }
    const background = this.local?.reader.background ?? null;
    // Without answers here, those of another site of this Worker stay.
    if (background) facts.write({ ...background }, announcement !== "saved");
    const reading = new Reading().add(state.events, state.titles);
    this.changed({ reader: { status: "guest", hasAnswers: background !== null }, reading, ...said });
  }

  /** A router made another page of this document: as if it had been loaded, but for what is known already. */
  turnPage(): void {
    void this.sendWaiting(false);
    if (this.reader.status === "checking") this.changed({});
    else void this.begin();
  }

  /**
   * Another tab signed in or out or changed what is on this device.
   * @param cameBack the page was in the browser's cache, and the visit went on without it
   */
  sync(cameBack = false): void {
    const { device } = this.parts;
    const known = device.signedInAs();
    this.local?.reader.sync();
    if (known === undefined && this.reader.status === "signed-in") this.leave();
    else if (known !== undefined && (this.reader.status !== "signed-in" || this.reader.id !== known)) {
      if (this.reader.status !== "checking") void this.begin(true);
    } else if (known === undefined) {
      if (this.local) this.showLocal();
      else if (device.hasLocal()) void this.#beginWithout();
    } else if (cameBack) void this.begin();
  }

  /** The session is over, and what was kept of the account for the page's passages with it. */
  leaveAccount(): void {
    this.parts.facts.clear();
    this.leave();
  }

  /** Nobody is signed in any more. */
  leave(announcement?: Announcement): void {
    const { device, visit } = this.parts;
    this.#turn += 1;
    device.rememberSignIn(undefined);
    visit.end();
    this.user = undefined;
    this.changed({
      reader: { status: "signed-out" },
      recommendations: { status: "none" },
      reading: new Reading(),
      ...(announcement ? { announcement } : {}),
    });
    if (device.hasLocal()) void this.#beginWithout();
  }

  /** Asks who this is. Events that wait are sent along, in the same request. */
  async #check(known: string): Promise<void> {
    const { api, outbox, device } = this.parts;
    const turn = this.#turn;
    const isOver = () => turn !== this.#turn || device.signedInAs() !== known;
    if (outbox.hasPending(known)) {
      const flushed = await outbox.flush(known, { withMe: true });
      if (isOver()) return this.#checkAnew(turn);
      if (flushed.status === "sent" && flushed.value.me) return this.enterAs(flushed.value.me);
      if (flushed.status === "failed" && flushed.failure.kind === "unreachable") {
        this.changed({ reader: { status: "unreachable" } });
        return;
      }
    }
    const answer = await api.me();
    if (isOver()) return this.#checkAnew(turn);
    if (answer.ok) return this.enterAs(answer.value);
    // An outage never signs anybody out.
    if (isSignedOut(answer.failure)) this.leaveAccount();
    else this.changed({ reader: { status: "unreachable" } });
  }

  /** Another tab changed who this is, and nothing here has asked about it yet. */
  async #checkAnew(turn: number): Promise<void> {
    if (turn === this.#turn) await this.begin(true);
  }

  #adopt(me: Me): void {
    this.#turn += 1;
    const { device, facts, visit, outbox } = this.parts;
    const { id } = me.user;
    device.rememberSignIn(id);
    facts.write(me.background);
    // Somebody else than before: what the other had not saved is not theirs to see.
    if (id !== this.#readerId) this.draft = undefined;
    this.#readerId = id;
    const hasAnswers = (me.background.updatedAt ?? null) !== null;
    const rows = me.reading ?? [];
    const events = outbox.pending(id);
    const list = visit.state?.reader === id ? visit.state.list : null;
    visit.start({ reader: id, hasAnswers, rows, events, titles: {}, list });
    this.changed({
      reader: { status: "signed-in", id, hasAnswers },
      reading: new Reading(rows).add(events),
      ...(me.user.email === "" ? {} : { user: me.user }),
    });
    this.lists.keep();
  }

  /** Adopts, and brings along what waits on this device, also where this browser stores nothing. */
  async enterAs(me: Me): Promise<void> {
    const { device } = this.parts;
    const { id } = me.user;
    this.#adopt(me);
    if (device.hasLocal() || device.hasLocal(id) || this.local?.reader.holds(id)) await this.#takeLocalAlong(me);
  }

  /**
   * Brings what is on this device to the account: answers that it has none to, and all events. Removed here only
   * after the Worker has it all; what did not arrive is tried again on the next page.
   */
  async #takeLocalAlong(me: Me): Promise<void> {
    const { api, openLocal, visit } = this.parts;
    const { id } = me.user;
    try {
      this.local ??= await openLocal();
    } catch {
      return visit.end();
    }
    const { reader } = this.local;
    const state = reader.claim(id);
    if (!state) return;
    const { arrived, latest } = await this.local.send(api, state, me);
    if (this.account !== id) return;
    if (!arrived) return visit.end();
    reader.release(id);
    if (latest?.user.id === id) this.#adopt(latest);
  }

  clearDevice(account: string | undefined): void {
    const { outbox, facts, forgetDevice } = this.parts;
    // What is only in memory, because storage is full, goes as well.
    if (account !== undefined) outbox.clear(account);
    this.local?.reader.clear();
    facts.clear();
    forgetDevice(account);
  }

  /** Name and address for the account menu. Without an answer the menu does without. */
  async loadUser(): Promise<void> {
    if (this.user !== undefined) return;
    const account = this.account;
    const answer = await this.parts.api.user();
    if (!answer.ok || account !== this.account) return;
    if (answer.value === null) this.leaveAccount();
    else if (answer.value.user.email !== "") this.changed({ user: answer.value.user });
  }

  /** The reader acts for the first time: from now on this device remembers, also what they read. */
  async localToWrite(): Promise<Local | undefined> {
    try {
      this.local ??= await this.parts.openLocal();
    } catch (error) {
      console.warn("docent: a part could not be loaded", error);
      return undefined;
    }
    if (this.local.reader.state === undefined) this.local.reader.remember(true);
    return this.local;
  }

  /** Whether what they read is remembered on this device; asking for it is an act of its own. */
  async remember(on: boolean): Promise<void> {
    const local = await this.localToWrite();
    local?.reader.remember(on);
    this.showLocal();
    if (this.recommendations.status === "none") void this.lists.load();
  }

  /** Removes everything that a reader without an account has on this device. */
  forget(): void {
    this.draft = undefined;
    this.clearDevice(undefined);
    this.showLocal("forgotten");
  }

  /** What was read, while somebody reads. It is sent later. */
  track(events: readonly ProgressEvent[], title: string): void {
    const page = events[0]?.page;
    if (page === undefined || !this.remembers) return;
    this.#keep(events, { [page]: title }, this.local);
    announce("docent-saved", { what: "progress", where: this.account === undefined ? "device" : "server" });
  }

  /** What the reader pressed. It is sent at once. @returns whether it is kept */
  async act(events: readonly ProgressEvent[]): Promise<boolean> {
    const account = this.account;
    const local = account === undefined ? await this.localToWrite() : undefined;
    if (account === undefined && !local) return false;
    this.#keep(events, { [currentPath()]: pageTitle() }, local);
    // Their first act made them a reader whom pages are recommended to.
    if (local && this.recommendations.status === "none") void this.lists.load();
    const what = events.some(({ type }) => type === "feedback") ? "feedback" : "page";
    announce("docent-saved", { what, where: account === undefined ? "device" : "server" });
    void this.#flush({ urgent: true });
    return true;
  }

  #keep(events: readonly ProgressEvent[], titles: Readonly<Record<string, string>>, local: Local | undefined): void {
    const { outbox, visit } = this.parts;
    const account = this.account;
    if (account !== undefined) {
      for (const event of events) outbox.add(account, event);
      const before = visit.state;
      visit.change({
        events: [...(before?.events ?? []), ...events],
        titles: { ...before?.titles, ...titles },
      });
      this.changed({ reading: this.reading.add(events, titles) });
    } else if (local) {
      local.reader.record(events, titles);
      this.showLocal();
    }
  }

  async #flush(options: { urgent?: boolean; keepalive?: boolean }): Promise<void> {
    if (this.reader.status !== "signed-in") return;
    const { id } = this.reader;
    const flushed = await this.parts.outbox.flush(id, options);
    // The session ended, or somebody else's began. What waits is kept for its reader.
    if (id === this.account && flushed.status === "failed" && isSignedOut(flushed.failure)) await this.begin(true);
  }

  /**
   * The page is being left, or the connection came back: what waits is sent, if this page view may still ask.
   * @param online a pause after a failure is over: the failure was the network's
   */
  async sendWaiting(keepalive: boolean, online = false): Promise<void> {
    const { outbox, visit } = this.parts;
    if (online) outbox.resume();
    if (this.reader.status !== "signed-in" || !outbox.hasPending(this.reader.id)) return;
    // A pause is looked at first: it would waste the request that this page view may still make.
    if (!outbox.isPausing && visit.mayAsk()) await this.#flush({ keepalive });
  }
}
