// Who is reading, and what is recommended to them: the one state that all elements of a page share.
// Talks to the API; knows nothing of elements. Says "change" after every change.
import type { Answers } from "./answers.ts";
import { type Api, type Failure, isSignedOut, type Outcome } from "./api.ts";
import type { Device } from "./host.ts";
import type { KnownReader, LooseBackground, ShownRecommendation, User } from "./wire.ts";

export type ReaderState =
  | { status: "checking" }
  | { status: "signed-out" }
  /** Nothing is known: neither that they are signed in nor that they are not. */
  | { status: "unreachable" }
  | { status: "signed-in"; hasAnswers: boolean };

export type RecommendationState =
  | { status: "none" }
  | { status: "loading"; items: readonly ShownRecommendation[] }
  | { status: "failed" }
  | { status: "ready"; items: readonly ShownRecommendation[] };

/** The sign-in worked, but the browser kept no cookie. */
export type SignInFailure = Failure | { kind: "cookie-lost" };

/** Announced to screen readers after something the reader did. */
export type Announcement = "signed-in" | "signed-out" | "saved";

export class ReaderStore extends EventTarget {
  reader: ReaderState = { status: "checking" };
  recommendations: RecommendationState = { status: "none" };
  /** Known after a sign-in on this page, or once `loadUser` was asked. */
  user: User | undefined;
  announcement: Announcement | undefined;
  /** This reader's choices in the questionnaire that are not saved yet: closing the dialog loses nothing. */
  draft: Answers | undefined;
  /** The element whose button could not open the dialog, because its part of the widget did not load. */
  dialogFailedAt: HTMLElement | undefined;
  /** The last reader who was known here; a session that ends does not change it. */
  #readerId: string | undefined;
  /** How many pages the largest list of this page shows; 0 while there is no list. */
  #limit = 0;
  readonly #api: Api;
  readonly #device: Device;

  constructor(api: Api, device: Device) {
    super();
    this.#api = api;
    this.#device = device;
  }

  get api(): Api {
    return this.#api;
  }

  #changed(
    change: Partial<Pick<ReaderStore, "reader" | "recommendations" | "user" | "announcement" | "dialogFailedAt">>,
  ): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("change"));
  }

  #signedOut(announcement?: Announcement): void {
    this.#device.rememberSignIn(false);
    this.user = undefined;
    this.#changed({
      reader: { status: "signed-out" },
      recommendations: { status: "none" },
      ...(announcement ? { announcement } : {}),
    });
  }

  setDialogFailure(at: HTMLElement | undefined): void {
    if (at !== this.dialogFailedAt) this.#changed({ dialogFailedAt: at });
  }

  /** Asks the Worker who this is; the recommendations are asked for at the same time. */
  async begin(): Promise<void> {
    this.#changed({ reader: { status: "checking" } });
    await Promise.all([this.#check(), this.#limit > 0 ? this.loadRecommendations() : undefined]);
  }

  /** Another tab signed in or out, or the page came back from the browser's cache. */
  sync(): void {
    const remembered = this.#device.wasSignedIn();
    if (!remembered && this.reader.status === "signed-in") this.#signedOut();
    else if (remembered && this.reader.status === "signed-out") void this.begin();
  }

  async #check(): Promise<void> {
    const answer = await this.#api.session();
    if (!answer.ok) {
      // An outage never signs anybody out.
      if (isSignedOut(answer.failure)) this.#signedOut();
      else this.#changed({ reader: { status: "unreachable" } });
      return;
    }
    if (answer.value.session === null) {
      this.#signedOut();
      return;
    }
    this.#changed({ reader: this.#signedIn(answer.value.reader) });
  }

  #signedIn({ id, background }: KnownReader): ReaderState {
    this.#device.rememberSignIn(true);
    // Somebody else than before: what the other had not saved is not theirs to see.
    if (id !== this.#readerId) this.draft = undefined;
    this.#readerId = id;
    return { status: "signed-in", hasAnswers: (background?.updatedAt ?? null) !== null };
  }

  /** A list on the page wants this many recommendations. */
  wantRecommendations(limit: number): void {
    if (limit <= this.#limit) return;
    this.#limit = limit;
    if (this.reader.status === "signed-in") void this.loadRecommendations();
  }

  async loadRecommendations(): Promise<void> {
    if (this.#limit === 0) return;
    const before = this.recommendations;
    this.#changed({ recommendations: { status: "loading", items: before.status === "ready" ? before.items : [] } });
    const answer = await this.#api.recommendations(this.#limit);
    if (this.reader.status === "signed-out") return;
    if (answer.ok) this.#changed({ recommendations: { status: "ready", items: answer.value.recommendations } });
    else if (isSignedOut(answer.failure)) this.#signedOut();
    else this.#changed({ recommendations: { status: "failed" } });
  }

  signUp(email: string, password: string): Promise<SignInFailure | undefined> {
    return this.#enter(this.#api.signUp(email, password));
  }

  signIn(email: string, password: string): Promise<SignInFailure | undefined> {
    return this.#enter(this.#api.signIn(email, password));
  }

  /** @returns what went wrong, or undefined */
  async #enter(request: Promise<Outcome<{ user: User } | null>>): Promise<SignInFailure | undefined> {
    const answer = await request;
    if (!answer.ok) return answer.failure;
    // The answer says yes; whether the browser kept the cookie only the next request can tell.
    const session = await this.#api.session();
    if (!session.ok) return session.failure;
    if (session.value.session === null) return { kind: "cookie-lost" };
    this.#changed({
      reader: this.#signedIn(session.value.reader),
      user: answer.value?.user,
      announcement: "signed-in",
    });
    void this.loadRecommendations();
    return undefined;
  }

  /** @returns what went wrong; then the reader is still signed in */
  async signOut(): Promise<Failure | undefined> {
    const answer = await this.#api.signOut();
    if (!answer.ok) return answer.failure;
    this.draft = undefined;
    this.#signedOut("signed-out");
    return undefined;
  }

  /** Name and address for the account menu. Without an answer the menu does without. */
  async loadUser(): Promise<void> {
    if (this.user !== undefined) return;
    const answer = await this.#api.user();
    if (!answer.ok) return;
    if (answer.value === null) this.#signedOut();
    else if (answer.value.user.email !== "") this.#changed({ user: answer.value.user });
  }

  /** Saves the whole background, then ranks anew. */
  async saveBackground(input: LooseBackground): Promise<Failure | undefined> {
    const answer = await this.#api.saveBackground(input);
    if (!answer.ok) {
      if (isSignedOut(answer.failure)) this.#signedOut();
      return answer.failure;
    }
    this.#changed({ reader: { status: "signed-in", hasAnswers: true }, announcement: "saved" });
    void this.loadRecommendations();
    return undefined;
  }
}
