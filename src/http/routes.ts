import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Dice } from "../dice.ts";
import type { IdentityService } from "../identity.ts";
import type { Database } from "../persistence/database.ts";
import type { Log } from "../telemetry/log.ts";
import { authRoutes } from "./auth.ts";
import { claimRoutes } from "./claims.ts";
import { contractRoutes } from "./contracts.ts";
import { expeditionRoutes } from "./expeditions.ts";
import { galaxyMapRoute } from "./galaxy-map.ts";
import { healthRoutes } from "./health.ts";
import { incidentRoutes } from "./incidents.ts";
import { type Matchmake, matchmakeRoutes } from "./matchmake.ts";
import { meRoutes } from "./me.ts";
import { metricsRoutes } from "./metrics.ts";
import { miningRoutes } from "./mining.ts";
import { pageRoutes } from "./page.ts";
import { rewardRoutes } from "./rewards.ts";
import type { Route } from "./route.ts";
import type { Site } from "./site.ts";
import { surveyRoutes } from "./surveys.ts";
import { worldRoutes } from "./world.ts";

export interface RouteDeps {
  readonly config: Pick<Config, "spectators" | "publicAddress" | "ecosystemPhase">;
  readonly identity: IdentityService;
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly dice: Dice;
  readonly matchmake: Matchmake;
  readonly log: Log;
  /** The page to look at; null where it has not been built. */
  readonly site: Site | null;
  /** Why this process should not be sent players now; nothing when it should. */
  readonly findReasons: () => Promise<readonly string[]>;
  /** This process' metrics, in Prometheus' form. */
  readonly metricsText: () => Promise<string>;
}

/** Every route there is. */
export function createRoutes(deps: RouteDeps): Route[] {
  const { config, identity, database, clock } = deps;
  return [
    ...pageRoutes(deps.site, config),
    ...healthRoutes(deps.findReasons),
    ...metricsRoutes(deps.metricsText, database, clock),
    ...authRoutes(identity),
    ...meRoutes(database, clock),
    ...miningRoutes(database, clock),
    ...rewardRoutes(database),
    ...expeditionRoutes(deps),
    ...claimRoutes(deps),
    ...incidentRoutes({ config, database, clock, dice: deps.dice, log: deps.log }),
    ...contractRoutes(database, clock),
    ...surveyRoutes(database, clock),
    ...worldRoutes(config, database, clock),
    galaxyMapRoute(config, database, clock),
    ...matchmakeRoutes(deps.matchmake),
  ];
}
