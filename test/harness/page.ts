// A page of a catalogue that says nothing but what is given: for the tests of every world.
import type { CataloguePage } from "../../src/core/catalogue.ts";

export function page(path: string, given: Partial<CataloguePage> = {}): CataloguePage {
  return {
    path,
    pageKey: path,
    lang: "en",
    version: "",
    title: `The page at ${path}`,
    summary: "",
    categories: [],
    tags: [],
    level: null,
    operatingSystems: [],
    languages: [],
    tools: [],
    hardware: [],
    prerequisites: [],
    minutes: null,
    position: 0,
    contentHash: "1",
    ...given,
  };
}
