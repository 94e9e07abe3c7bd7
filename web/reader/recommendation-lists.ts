// The list of recommended pages: asked for once in a visit, kept for its later pages without what was read since.
import { plainPath } from "../../src/core/ranker/places.ts";
import { isSignedOut, type Outcome } from "../api/api.ts";
import type { ShownRecommendation } from "../api/wire.ts";
import { currentPath, listScope } from "../page/page.ts";
import { PATIENCE } from "./reader-state.ts";
import type { ReaderStore } from "./reader-store.ts";
import { isComplete, isDismissed } from "./reading.ts";

/** Pages asked for beyond what is shown: a list serves the whole visit, and what was read meanwhile leaves it. */
const SPARE = 4;
const MOST = 20;

export class RecommendationLists {
  readonly #store: ReaderStore;
  /** How many pages the largest list of this page shows; 0 while there is no list. */
  #limit = 0;
  /** Counts what was asked for: an answer to an earlier question changes nothing. */
  #turn = 0;

  constructor(store: ReaderStore) {
    this.#store = store;
  }

  /** Is there a list on this page? */
  get areWanted(): boolean {
    return this.#limit > 0;
  }

  /** A list on the page wants this many. */
  want(limit: number): void {
    if (limit <= this.#limit) return;
    this.#limit = limit;
    const { status } = this.#store.reader;
    if (status === "signed-in") this.showKept(false);
    else if (status === "guest") void this.load();
  }

  /**
   * Shows the list of this visit; asked for anew where too little is left of it.
   * @param somethingWaits the request of this page may be needed for it
   */
  showKept(somethingWaits: boolean): void {
    const store = this.#store;
    const items = this.#stillFitting();
    if (items.length >= Math.min(this.#limit, 1) && (somethingWaits || items.length >= this.#limit)) {
      store.changed({ recommendations: { status: "ready", items } });
    } else if (store.parts.visit.mayAsk()) void this.load();
    else store.changed({ recommendations: items.length > 0 ? { status: "ready", items } : { status: "failed" } });
  }

  /** What of the kept list still fits: not this page, and nothing that was read or dismissed since. */
  #stillFitting(): ShownRecommendation[] {
    const { parts, reading } = this.#store;
    const kept = parts.visit.state?.list;
    if (kept?.scope !== listScope()) return [];
    const here = plainPath(currentPath());
    return kept.answer.recommendations.filter(({ path }) => {
      const page = reading.at(path);
      return plainPath(path) !== here && !(page && (isComplete(page) || isDismissed(page)));
    });
  }

  /** Ranks anew, where there is a list to show. */
  async load(): Promise<void> {
    if (this.#limit === 0) return;
    const store = this.#store;
    const before = store.recommendations;
    this.#turn += 1;
    const turn = this.#turn;
    const { account } = store;
    store.changed({ recommendations: { status: "loading", items: before.status === "ready" ? before.items : [] } });
    const patience = setTimeout(() => {
      const { recommendations } = store;
      if (turn === this.#turn && recommendations.status === "loading" && recommendations.items.length === 0)
        store.changed({ recommendations: { status: "failed" } });
    }, PATIENCE);
    const answer = await this.#ask(Math.min(this.#limit + SPARE, MOST));
    clearTimeout(patience);
    if (turn !== this.#turn || store.reader.status === "signed-out") return;
    if (account !== store.account) return this.load();
    if (answer.ok) {
      store.changed({ recommendations: { status: "ready", items: answer.value } });
      this.keep();
    } else if (isSignedOut(answer.failure)) store.leaveAccount();
    else store.changed({ recommendations: { status: "failed" } });
  }

  async #ask(limit: number): Promise<Outcome<readonly ShownRecommendation[]>> {
    const { local, parts } = this.#store;
    if (local && parts.device.signedInAs() === undefined) return local.recommend(limit);
    const answer = await parts.api.recommendations(limit);
    return answer.ok ? { ok: true, value: answer.value.recommendations } : answer;
  }

  /** Keeps what is shown for the later pages of the visit. */
  keep(): void {
    const { recommendations, reader, parts } = this.#store;
    if (reader.status !== "signed-in" || recommendations.status !== "ready") return;
    parts.visit.change({ list: { scope: listScope(), answer: { recommendations: [...recommendations.items] } } });
  }
}
