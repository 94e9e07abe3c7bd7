// The Worker as it is deployed: its own entry, with docent.config.ts.
export { default } from "../../../src/index.ts";
