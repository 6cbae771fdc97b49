import { STATION_CLASSES } from "../../src/rules/stations.ts";
import type { Context } from "../app.ts";
import {
  berthOf,
  isRefinery,
  type LaserOffer,
  type LicenseOffer,
  laserLevel,
  laserOffers,
  licenseOffers,
  type SaleOffer,
  salesAt,
} from "../model/dealings.ts";
import { Confirmation } from "../model/presses.ts";
import type { Situation } from "../model/reasons.ts";
import { duration, plainWords } from "../model/words.ts";
import type { Licenses } from "../net/wire.ts";
import { enable, isAble } from "./acts.ts";
import { fill, h, refill } from "./dom.ts";

export interface StationActs {
  deliverOre(quantity: number): void;
  sell(commodity: string, quantity: number): void;
  laser(act: LaserOffer["act"]): void;
  buyLicense(sectorId: number): void;
}

/** What the pilot has beside ship and credits. */
interface Holdings {
  readonly licenses: Licenses;
  /** Of expeditions, in no hold yet. */
  readonly oreUnits: number;
}

interface Offer {
  readonly title: string;
  readonly detail: string;
  readonly label: string;
  /** What the button does, for those who do not see beside what it stands. */
  readonly name: string;
  readonly reason: string | null;
  act(): void;
}

/** What the station does for the pilot who is docked at it: buys cargo, fits lasers, sells licences. */
export class StationPanel {
  readonly element = h("section", { class: "panel station", "aria-label": "At the station", hidden: true });
  readonly #context: Context;
  readonly #acts: StationActs;
  readonly #body = h("div", { class: "body scroll", tabindex: 0, role: "group", "aria-label": "Dealings" });
  readonly #title = h("h2");
  readonly #class = h("span", { class: "muted" });
  #shown = "";
  /** The laser is worth more than what it brings: taking it out is asked for twice. */
  readonly #sure = new Confirmation();

  constructor(context: Context, acts: StationActs) {
    this.#context = context;
    this.#acts = acts;
    this.element.append(h("header", {}, this.#title, this.#class), this.#body);
  }

  show(now: Situation | null, { licenses, oreUnits }: Holdings): void {
    const station = now === null ? null : berthOf(now);
    this.element.hidden = station === null;
    if (now === null || station === null) {
      this.#sure.drop();
      return;
    }
    const sales = salesAt(station, now);
    const lasers = laserOffers(station, now);
    const { atlas, session } = this.#context;
    const sold = isRefinery(station) ? licenseOffers(now, atlas, licenses, session.wantedLicense) : null;
    const level = laserLevel(now);
    const minute = Math.floor(now.nowMs / 60_000);
    const shown = JSON.stringify([
      station,
      sales,
      lasers,
      sold,
      level,
      this.#sure.about,
      oreUnits,
      sold && minute,
    ]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    fill(this.#title, station.name);
    fill(this.#class, STATION_CLASSES[station.stationClass]?.name ?? `Class ${station.stationClass}`);
    const empty = h("p", { class: "muted" }, "Your hold is empty.");
    refill(
      this.#body,
      oreUnits > 0 && h("h3", { class: "sub-head" }, "From your expeditions"),
      oreUnits > 0 && rows([this.#delivery(oreUnits, now)]),
      h("h3", { class: "sub-head" }, "Sell"),
      ...(sales.length === 0 ? [empty] : [rows(sales.map((sale) => this.#sale(sale)))]),
      h("h3", { class: "sub-head" }, level === null ? "Mining laser: none" : `Mining laser: level ${level}`),
      rows(lasers.map((offer) => this.#laser(offer))),
      sold !== null && h("h3", { class: "sub-head" }, "Licences for claimed fields, 24 h"),
      sold !== null && rows(sold.map((offer) => this.#license(offer, now.nowMs))),
    );
  }

  /** Rewards become cargo as they are put aboard: as many as the hold takes. */
  #delivery(oreUnits: number, { pilot }: Situation): Offer {
    const units = Math.min(oreUnits, pilot.cargoFree);
    return {
      title: `Ore · ${oreUnits.toLocaleString("en")}`,
      detail: "put aboard it is cargo like any other",
      label: "Load",
      name: `Load ${units} ore of your expeditions`,
      reason: units === 0 ? "Your hold is full." : null,
      act: () => this.#acts.deliverOre(units),
    };
  }

  #sale({ commodity, units, band, reason }: SaleOffer): Offer {
    const what = plainWords(commodity);
    return {
      title: `${what} · ${units.toLocaleString("en")}`,
      detail: band,
      label: "Sell all",
      name: `Sell all ${what.toLowerCase()}`,
      reason,
      act: () => this.#acts.sell(commodity, units),
    };
  }

  #laser({ act, label, price, reason }: LaserOffer): Offer {
    const remove = this.#sure.about === null ? "Remove" : "Sure?";
    const verb = { install_laser: "Fit", upgrade_laser: "Upgrade", remove_laser: remove }[act];
    return {
      title: label,
      detail: price,
      label: verb,
      name: `${verb} the mining laser`,
      reason,
      act: () => {
        if (act !== "remove_laser") this.#sure.drop();
        else if (!this.#sure.press(act)) return;
        this.#acts.laser(act);
      },
    };
  }

  #license({ sectorId, name, expiresAtMs, renewal, price, reason }: LicenseOffer, nowMs: number): Offer {
    const state =
      expiresAtMs === null
        ? ""
        : expiresAtMs > nowMs
          ? ` · holds for ${duration(expiresAtMs - nowMs)}`
          : " · has ended";
    const label = renewal ? "Renew" : "Buy";
    return {
      ...{ title: `${sectorId} ${name}`, detail: price + state, label, reason },
      name: `${label} the licence for sector ${sectorId}`,
      act: () => this.#acts.buyLicense(sectorId),
    };
  }
}

function rows(offers: readonly Offer[]): HTMLElement {
  return h(
    "ul",
    {},
    ...offers.map(({ title, detail, label, name, reason, act }) => {
      const button = h("button", { class: "button", type: "button", "aria-label": name }, label);
      button.id = `deal-${name.replaceAll(/\W+/g, "-")}`;
      button.addEventListener("click", () => {
        if (isAble(button)) act();
      });
      enable(button, reason);
      return h(
        "li",
        { class: "way" },
        h("span", {}, title, h("span", { class: "sub muted" }, reason ?? detail)),
        button,
      );
    }),
  );
}
