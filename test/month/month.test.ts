// The months of `npm run bench:month`, which takes the figures from here. Asserts nothing but that every request was
// answered as it should be.
import { it } from "vitest";
import { SCENARIOS, SEED } from "../../bench/month/scenarios.ts";
import { simulate } from "../harness/month.ts";

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  it(name, async ({ task }) => {
    const { figures } = await simulate(scenario, SEED);
    Object.assign(task.meta, { figures });
  });
}
