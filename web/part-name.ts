/** Parts that are loaded on demand, each a module of its own. */
export type PartName = "widget" | "dialog" | "local" | "hand-off" | "ur";

/** A file that the build makes. */
export interface Asset {
  /** Relative to dist/assets, with forward slashes. */
  path: string;
  contents: Uint8Array;
}
