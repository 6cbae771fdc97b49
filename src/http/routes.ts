import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { IdentityService } from "../identity.ts";
import type { Database } from "../persistence/database.ts";
import { authRoutes } from "./auth.ts";
import { galaxyMapRoute } from "./galaxy-map.ts";
import { healthRoutes } from "./health.ts";
import { type Matchmake, matchmakeRoute } from "./matchmake.ts";
import { meRoutes } from "./me.ts";
import { pageRoutes } from "./page.ts";
import type { Route } from "./route.ts";
import type { Site } from "./site.ts";
import { worldRoutes } from "./world.ts";

export interface RouteDeps {
  readonly config: Pick<Config, "spectators" | "publicAddress">;
  readonly identity: IdentityService;
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly matchmake: Matchmake;
  /** The page to look at; null where it has not been built. */
  readonly site: Site | null;
}

/** Every route there is. */
export function createRoutes({ config, identity, database, clock, matchmake, site }: RouteDeps): Route[] {
  return [
    ...pageRoutes(site, config),
    ...healthRoutes(database),
    ...authRoutes(identity),
    ...meRoutes(database, clock),
    ...worldRoutes(config, database, clock),
    galaxyMapRoute(config, database, clock),
    matchmakeRoute(matchmake),
  ];
}
