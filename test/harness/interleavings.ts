// Runs what several actors do at once in every order there is. Each call that an actor makes to Postgres or KV waits
// at a gate; whenever all of them wait, one is let go on. Which one is tried out exhaustively: the choices of a run
// form a path in a tree, and every path is run once.
import { AsyncLocalStorage } from "node:async_hooks";

/** One who does something: a request, and all that it leaves behind. */
class Actor {
  readonly name: string;
  readonly held: { step: string; go: () => void }[] = [];
  /** Requests and background work that have not ended. */
  #open = 0;
  #changed = Promise.withResolvers<void>();
  constructor(name: string) {
    this.name = name;
  }

  track(work: Promise<unknown>): void {
    this.#open += 1;
    const end = () => {
      this.#open -= 1;
      this.#tell();
    };
    work.then(end, end);
  }

  hold(step: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held.push({ step, go: resolve });
    this.#tell();
    return promise;
  }

  /** Resolves when everything this actor does has ended or waits at a gate. */
  async quiet(): Promise<void> {
    while (this.#open !== this.held.length) await this.#changed.promise;
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}

const acting = new AsyncLocalStorage<Actor>();

/**
 * Waits until it is this step's turn. Returns at once to whoever is no actor.
 * @param waiting the steps that wait, like `SQL sent` for everybody's or `end: SQL sent` for one actor's
 */
export async function gate(step: string, waiting: ReadonlySet<string>): Promise<void> {
  const actor = acting.getStore();
  if (actor && (waiting.has(step) || waiting.has(`${actor.name}: ${step}`))) await actor.hold(step);
}

/** Counts background work as its actor's. */
export const onBackground = (work: Promise<unknown>): void => acting.getStore()?.track(work);

export interface World {
  actors: Record<string, () => Promise<unknown>>;
  /** Called before each step, which is named like `end: SQL sent`. */
  beforeStep: (step: string) => void;
  afterStep: (step: string) => Promise<void>;
  /** Called when all have come to their end. */
  check: (steps: readonly string[]) => Promise<void>;
}

/** One run along `prefix`, and along the first choice where it ends. @returns what was chosen, of how many */
async function run(world: World, prefix: readonly number[]): Promise<{ taken: number; of: number }[]> {
  const actors = Object.keys(world.actors).map((name) => new Actor(name));
  for (const actor of actors) {
    acting.run(actor, () => actor.track(world.actors[actor.name]?.() ?? Promise.resolve()));
    await actor.quiet();
  }
  const choices: { taken: number; of: number }[] = [];
  const steps: string[] = [];
  for (;;) {
    const held = actors.flatMap((actor) => actor.held.map((one) => ({ actor, one })));
    if (held.length === 0) break;
    const taken = prefix[choices.length] ?? 0;
    const next = held[taken];
    if (!next) throw new Error(`The same choices have led elsewhere: ${steps.join(", ")}`);
    choices.push({ taken, of: held.length });
    const { actor, one } = next;
    const step = `${actor.name}: ${one.step}`;
    steps.push(step);
    world.beforeStep(step);
    actor.held.splice(actor.held.indexOf(one), 1);
    one.go();
    await actor.quiet();
    await world.afterStep(step);
  }
  await world.check(steps);
  return choices;
}

/** Runs every order. @returns how many there are */
export async function everyInterleaving(begin: () => Promise<World>): Promise<number> {
  let prefix: number[] = [];
  for (let count = 1; ; count += 1) {
    const choices = await run(await begin(), prefix);
    while (choices.length > 0) {
      const last = choices.pop();
      if (last && last.taken + 1 < last.of) {
        prefix = [...choices.map(({ taken }) => taken), last.taken + 1];
        break;
      }
      prefix = [];
    }
    if (prefix.length === 0) return count;
  }
}
