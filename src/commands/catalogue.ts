import { AttackCommand, attackAnswer, attackBody } from "./attack.ts";
import { DeliverOreCommand, deliverOreAnswer, deliverOreBody } from "./deliver-ore.ts";
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
import {
  InstallLaserCommand,
  laserBody,
  laserBoughtAnswer,
  laserRemovedAnswer,
  RemoveLaserCommand,
  UpgradeLaserCommand,
} from "./laser.ts";
import { BuyLicenseCommand, buyLicenseAnswer, buyLicenseBody } from "./license.ts";
import { type CommandSpec, spec } from "./order.ts";
import { PreviewHarvestCommand, previewAnswer, previewBody } from "./preview.ts";
import { SellCommand, sellAnswer, sellBody } from "./sell.ts";
import {
  BoardShipCommand,
  BuyHullCommand,
  boardShipAnswer,
  boardShipBody,
  buyHullAnswer,
  buyHullBody,
  SellHullCommand,
  sellHullAnswer,
  sellHullBody,
} from "./shipyard.ts";
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
    name: "preview_harvest",
    summary: "What a harvest here would bring and cost you now, and what stands in its way.",
    body: previewBody,
    answer: previewAnswer,
    costs: false,
    create: () => new PreviewHarvestCommand(),
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
  spec({
    name: "deliver_ore",
    summary: "Docked: put ore aboard that your expeditions have earned (`ore_units` of GET /me/balances).",
    body: deliverOreBody,
    answer: deliverOreAnswer,
    costs: true,
    create: () => new DeliverOreCommand(),
  }),
  spec({
    name: "install_laser",
    summary: "Docked, in a Cargo Hauler, Colony Ship or Defender: fit a Mining Laser for 35,000 cr.",
    body: laserBody,
    answer: laserBoughtAnswer,
    costs: true,
    create: () => new InstallLaserCommand(),
  }),
  spec({
    name: "upgrade_laser",
    summary: "Docked at a station of class 7 or above: raise the Mining Laser by one level.",
    body: laserBody,
    answer: laserBoughtAnswer,
    costs: true,
    create: () => new UpgradeLaserCommand(),
  }),
  spec({
    name: "remove_laser",
    summary:
      "Docked: take the Mining Laser out for 8,750 cr; the ship remembers its level for as long as you have that ship.",
    body: laserBody,
    answer: laserRemovedAnswer,
    costs: true,
    create: () => new RemoveLaserCommand(),
  }),
  spec({
    name: "buy_license",
    summary: "Docked at an AM refinery: buy or renew 24 h of mining in a sector that AM claims.",
    body: buyLicenseBody,
    answer: buyLicenseAnswer,
    costs: true,
    create: () => new BuyLicenseCommand(),
  }),
  spec({
    name: "buy_hull",
    summary:
      "Docked: buy a hull and change to it. Cargo comes along, and what is fitted where it fits; a laser's remembered level stays with its ship.",
    body: buyHullBody,
    answer: buyHullAnswer,
    costs: true,
    create: () => new BuyHullCommand(),
  }),
  spec({
    name: "board_ship",
    summary:
      "Docked: change to another ship of yours at this station, on the same terms. A laser stays behind where that ship remembers the level of one.",
    body: boardShipBody,
    answer: boardShipAnswer,
    costs: true,
    create: () => new BoardShipCommand(),
  }),
  spec({
    name: "sell_hull",
    summary: "Docked: sell a ship of yours at this station that you do not fly and that is empty.",
    body: sellHullBody,
    answer: sellHullAnswer,
    costs: true,
    create: () => new SellHullCommand(),
  }),
];
