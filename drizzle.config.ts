import { defineConfig } from "drizzle-kit";

/** `npm run db:generate` writes what the tables have gained since the last migration. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/persistence/tables/index.ts",
  out: "./src/persistence/migrations",
});
