import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { IdentityService } from "../identity.ts";
import type { Database } from "../persistence/database.ts";
import { authRoutes } from "./auth.ts";
import { healthRoutes } from "./health.ts";
import { type Matchmake, matchmakeRoute } from "./matchmake.ts";
import { meRoutes } from "./me.ts";
import { miningRoutes } from "./mining.ts";
import type { Route } from "./route.ts";
import { worldRoutes } from "./world.ts";

export interface RouteDeps {
  readonly config: Pick<Config, "spectators">;
  readonly identity: IdentityService;
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly matchmake: Matchmake;
}

/** Every route there is. */
export function createRoutes({ config, identity, database, clock, matchmake }: RouteDeps): Route[] {
  return [
    ...healthRoutes(database),
    ...authRoutes(identity),
    ...meRoutes(database, clock),
    ...miningRoutes(database, clock),
    ...worldRoutes(config, database, clock),
    matchmakeRoute(matchmake),
  ];
}
