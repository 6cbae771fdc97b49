import { AttackCommand, attackAnswer, attackBody } from "./attack.ts";
import {
  ClaimHullCommand,
  claimHullAnswer,
  claimHullBody,
  DockCommand,
  dockAnswer,
  dockBody,
  UndockCommand,
  undockAnswer,
  undockBody,
} from "./dock.ts";
import { FleeCommand, fleeAnswer, fleeBody } from "./flee.ts";
import { HarvestCommand, harvestAnswer, harvestBody } from "./harvest.ts";
import { type CommandSpec, spec } from "./order.ts";
import { SellCommand, sellAnswer, sellBody } from "./sell.ts";
import { WarpCommand, warpAnswer, warpBody } from "./warp.ts";

/** Everything a pilot can do in a sector. A new command is a file beside these and a line here. */
export const COMMANDS: readonly CommandSpec[] = [
  spec({
    name: "harvest",
    summary: "Mine this asteroid field. Takes a while, binds the ship, and can be interrupted by an attack.",
    body: harvestBody,
    answer: harvestAnswer,
    costs: true,
    create: () => new HarvestCommand(),
  }),
  spec({
    name: "attack",
    summary: "Attack another ship of this sector: interrupts what it does and starts a fight.",
    body: attackBody,
    answer: attackAnswer,
    costs: true,
    create: () => new AttackCommand(),
  }),
  spec({
    name: "flee",
    summary: "Try to escape from the fight your ship is in, from the next round on.",
    body: fleeBody,
    answer: fleeAnswer,
    costs: false,
    create: () => new FleeCommand(),
  }),
  spec({
    name: "warp",
    summary: "Move to a neighbouring sector.",
    body: warpBody,
    answer: warpAnswer,
    costs: true,
    create: () => new WarpCommand(),
  }),
  spec({
    name: "dock",
    summary: "Dock at a station of this sector.",
    body: dockBody,
    answer: dockAnswer,
    costs: true,
    create: () => new DockCommand(),
  }),
  spec({
    name: "undock",
    summary: "Leave the station.",
    body: undockBody,
    answer: undockAnswer,
    costs: true,
    create: () => new UndockCommand(),
  }),
  spec({
    name: "claim_hull",
    summary: "In an escape pod and docked: get a new ship.",
    body: claimHullBody,
    answer: claimHullAnswer,
    costs: true,
    create: () => new ClaimHullCommand(),
  }),
  spec({
    name: "sell",
    summary: "Docked: sell cargo to the station at its price of this moment.",
    body: sellBody,
    answer: sellAnswer,
    costs: true,
    create: () => new SellCommand(),
  }),
];
