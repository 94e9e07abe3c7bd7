/** Parts that are loaded on demand, each a module of its own. */
export type PartName = "widget" | "dialog" | "local" | "ur";
