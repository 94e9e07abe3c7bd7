// For drizzle-kit, which only writes migrations here (`npm run migrations -- --name what-changes`); it is given no
// database, because `npm run migrate` applies them.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./src/db/schema/index.ts",
  out: "./migrations",
});
