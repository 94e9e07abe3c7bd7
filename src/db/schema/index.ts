// Every table and relation under one name: `import * as schema from "./schema/index.ts"`. Any room may read any
// table; only the room that a file here is named after writes the tables in it.
export * from "./admin.ts";
export * from "./auth.ts";
export * from "./content.ts";
export * from "./reader.ts";
export * from "./relations.ts";
