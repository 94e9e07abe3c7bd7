// Pushes a catalogue as a docs build does: only what changed since the last push, then what the Worker says is missing.
import * as z from "zod/mini";
import { type CatalogueFile, type CataloguePush, catalogueResponse } from "../src/core/catalogue.ts";
import { changesBetween, withMissing } from "../src/core/catalogue-push.ts";
import { problemBody } from "../src/core/problem.ts";

export interface PushTarget {
  /** Without a trailing slash. */
  workerUrl: string;
  fetch: typeof fetch;
}

/** @throws when the Worker does not accept it. */
export async function pushCatalogue(
  target: PushTarget,
  site: string,
  token: string,
  catalogue: CatalogueFile,
): Promise<void> {
  const url = `${target.workerUrl}/api/catalog?site=${encodeURIComponent(site)}`;
  const refused = async (what: string, response: Response) =>
    new Error(`${what} ${url} was answered ${response.status}: ${await response.text()}`);
  const put = (push: CataloguePush) =>
    target.fetch(url, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(push),
    });

  const stored = await target.fetch(url);
  if (!stored.ok) throw await refused("GET", stored);
  let push = changesBetween(z.parse(catalogueResponse, await stored.json()), catalogue);
  let answer = await put(push);
  if (answer.status === 409) {
    const { missing = [] } = z.parse(problemBody, await answer.json());
    push = withMissing(push, missing, catalogue);
    answer = await put(push);
  }
  if (!answer.ok) throw await refused("PUT", answer);
}
