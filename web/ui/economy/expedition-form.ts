import { AM_FACTION } from "../../../src/rules/factions.ts";
import { type Loadout, MISSION_IDS, type MissionId, missionOf } from "../../../src/rules/missions.ts";
import type { Surface } from "../../../src/rules/surfaces.ts";
import type { Context } from "../../app.ts";
import {
  DRILL_WORDS,
  DRILLS,
  gamesFor,
  isOpen,
  orePerMinute,
  SCANNER_WORDS,
  SCANNERS,
  stateText,
  whyNotPart,
  whyNotThere,
} from "../../model/expeditions.ts";
import { surfaceName } from "../../model/rewards.ts";
import { asApiError } from "../../net/api.ts";
import type { ExpeditionDesk } from "../../net/expedition-desk.ts";
import { missionsSchema } from "../../net/wire-economy.ts";
import { enable, isAble } from "../acts.ts";
import { fill, h, refill } from "../dom.ts";
import { icon } from "../icons.ts";
import { radioCards, select } from "./inputs.ts";

/** A list that nobody can read to its end is cut: fields further away are chosen on the map. */
const FIELDS_MAX = 24;

/** Where to, on what mission, with what, and in which game: what an expedition is made of. */
export class ExpeditionForm {
  readonly element = h("section", { class: "panel", "aria-labelledby": "set-out" });
  readonly #context: Context;
  readonly #desk: ExpeditionDesk;
  readonly #created: () => void;
  readonly #body = h("div", { class: "body choices" });
  readonly #problem = h("p", { class: "notice", role: "alert" });
  readonly #submit = h("button", { class: "button primary", type: "submit", id: "create-run" });
  readonly #fields: readonly number[];
  #missionId: MissionId = "belt_survey";
  #sectorId: number | null;
  #loadout: Loadout = { drill: "standard", scanner: "basic" };
  #surface: Surface = "godot_mining";
  /** Of the missions in the chosen sector, as the server says; empty until it has. */
  #available: ReadonlyMap<MissionId, boolean | null> = new Map();
  #busy = false;
  #shown = "";
  /** Why it cannot be sent, as it is said now. */
  #told: string | null = null;

  /**
   * @param wanted the sector to set out for, if one was asked for
   * @param created called when a run has been created
   */
  constructor(context: Context, desk: ExpeditionDesk, wanted: number | null, created: () => void) {
    this.#created = created;
    this.#context = context;
    this.#desk = desk;
    const { atlas, session } = context;
    const from = wanted ?? session.watchedSectorId ?? session.shipSectorId ?? atlas.map.startSectorId;
    this.#fields = atlas
      .nearest(from, FIELDS_MAX, ({ type }) => type === "ASTEROID_FIELD")
      .map(({ sectorId }) => sectorId);
    this.#sectorId = this.#fields[0] ?? null;
    const form = h(
      "form",
      { submit: (event) => this.#send(event) },
      this.#body,
      h("div", { class: "body acts set-out" }, this.#submit, this.#problem),
    );
    this.element.append(h("header", {}, h("h2", { id: "set-out" }, "Set out")), form);
    this.show();
    void this.#ask();
  }

  show(): void {
    const { mission } = this;
    this.#showChoices();
    const reason = this.#reason();
    fill(this.#submit, icon("expedition"), `Set out: ${mission.title}`);
    enable(this.#submit, reason);
    if (reason !== this.#told) this.#tell(reason ?? "", true);
    this.#told = reason;
  }

  #tell(text: string, quiet: boolean): void {
    fill(this.#problem, text);
    this.#problem.classList.toggle("quiet", quiet);
  }

  #showChoices(): void {
    const { unlocked = [] } = this.#desk.inventory ?? {};
    const made = [this.#missionId, this.#sectorId, this.#loadout, this.#surface];
    const shown = JSON.stringify([made, [...this.#available], unlocked]);
    // An open list would close if it were made anew.
    if (shown === this.#shown) return;
    this.#shown = shown;
    refill(
      this.#body,
      radioCards({
        ...{ legend: "Mission", name: "mission", chosen: this.#missionId },
        choices: MISSION_IDS.map((id) => this.#missionCard(id)),
        choose: (id) => this.#choose(() => this.#chooseMission(id)),
      }),
      h("div", { class: "pair" }, this.#sectorField(), this.#surfaceField()),
      this.#warning(),
      radioCards({
        ...{ legend: "Drill", name: "drill", chosen: this.#loadout.drill, small: true },
        choices: DRILLS.map((drill) => ({ id: drill, ...this.#part(DRILL_WORDS[drill], { drill }) })),
        choose: (drill) => this.#choose(() => (this.#loadout = { ...this.#loadout, drill })),
      }),
      radioCards({
        ...{ legend: "Scanner", name: "scanner", chosen: this.#loadout.scanner, small: true },
        choices: SCANNERS.map((scanner) => ({
          id: scanner,
          ...this.#part(SCANNER_WORDS[scanner], { scanner }),
        })),
        choose: (scanner) => this.#choose(() => (this.#loadout = { ...this.#loadout, scanner })),
      }),
      h("p", { class: "outlook", role: "status" }, this.#outlook()),
    );
  }

  get mission() {
    return missionOf(this.#missionId);
  }

  #choose(change: () => void): void {
    change();
    this.show();
  }

  #chooseMission(id: MissionId): void {
    this.#missionId = id;
    const games = gamesFor(missionOf(id));
    if (!games.includes(this.#surface)) this.#surface = games[0] ?? "godot";
  }

  #missionCard(id: MissionId) {
    const mission = missionOf(id);
    const { title, briefing, durationSecMin, durationSecMax, richnessTierMin } = mission;
    const state = stateText(mission);
    const lasts = `${durationSecMin} s to ${durationSecMax / 60} min`;
    const tier = `field of tier ${richnessTierMin}${richnessTierMin < 5 ? " or better" : ""}`;
    return {
      ...{ id, title, text: briefing },
      detail: [lasts, tier, ...(state === "" ? [] : [state])].join(" · "),
      reason: this.#available.get(id) === false ? "not in the chosen sector’s state" : null,
    };
  }

  #part({ name, effect }: { name: string; effect: string }, part: Partial<Loadout>) {
    const reason = whyNotPart(part, this.#desk.inventory?.unlocked ?? []);
    return { title: name, text: effect, detail: "", reason };
  }

  #sectorField(): HTMLElement {
    const { atlas } = this.#context;
    const options = this.#fields.map((sectorId) => {
      const sector = atlas.sector(sectorId);
      const tier = sector?.richnessTier ?? null;
      const claimed = sector?.claimedBy === AM_FACTION ? " · claimed" : "";
      const what = tier === null ? "" : ` · tier ${tier}`;
      return { id: String(sectorId), label: `${sectorId} ${sector?.name ?? ""}${what}${claimed}` };
    });
    return select({
      ...{ id: "run-sector", label: "Asteroid field", options, chosen: String(this.#sectorId ?? "") },
      hint: "The nearest ones. Any other: look at it on the map, and set out from there.",
      choose: (id) => {
        this.#sectorId = Number(id);
        this.#available = new Map();
        this.show();
        void this.#ask();
      },
    });
  }

  #surfaceField(): HTMLElement {
    const games = gamesFor(this.mission);
    return select({
      ...{ id: "run-surface", label: "Played in", chosen: this.#surface },
      options: games.map((code) => ({ id: code, label: surfaceName(code) })),
      hint: "Only there its token is good.",
      choose: (id) => this.#choose(() => (this.#surface = games.find((code) => code === id) ?? "godot")),
    });
  }

  /** What an expedition to a claimed field does to the pilot's standing (mining seed; domain §18). */
  #warning(): HTMLElement | null {
    const sector = this.#context.atlas.sector(this.#sectorId ?? 0);
    if (sector?.claimedBy !== AM_FACTION) return null;
    const text =
      "The Consortium claims this field. Ore from it without a licence costs 10 of your standing; with one it brings 2.";
    return h("p", { class: "claim-call" }, icon("claim"), h("span", {}, text));
  }

  #outlook(): string {
    const { mission } = this;
    const tier = this.#context.atlas.sector(this.#sectorId ?? 0)?.richnessTier ?? null;
    const pace = orePerMinute(mission, this.#loadout, tier).toLocaleString("en", {
      maximumFractionDigits: 1,
    });
    return `Brings up to ${pace} ore a minute, ${mission.oreMax} at most, up to ${mission.stardustMax} stardust and ${mission.reputation} reputation.`;
  }

  #reason(): string | null {
    if (this.#context.session.token === null) return "Take off with “Fly” first: expeditions are a pilot’s.";
    if (this.#busy) return "Asking …";
    const sector = this.#context.atlas.sector(this.#sectorId ?? 0);
    const there = whyNotThere(this.mission, sector, this.#available.get(this.#missionId) ?? null);
    const unlocked = this.#desk.inventory?.unlocked ?? [];
    const part =
      whyNotPart({ drill: this.#loadout.drill }, unlocked) ??
      whyNotPart({ scanner: this.#loadout.scanner }, unlocked);
    const same = this.#desk.runs?.find((run) => isOpen(run) && run.missionId === this.#missionId);
    const open =
      same === undefined ? null : "You are on that mission already: see it through, or give it up.";
    return there ?? part ?? open;
  }

  async #ask(): Promise<void> {
    const sectorId = this.#sectorId;
    if (sectorId === null) return;
    const answer = await this.#context.session
      .ask(`/missions?sectorId=${sectorId}`, missionsSchema)
      .catch(() => null);
    if (answer === null || sectorId !== this.#sectorId) return;
    this.#available = new Map(answer.missions.map(({ missionId, available }) => [missionId, available]));
    this.show();
  }

  async #send(event: Event): Promise<void> {
    event.preventDefault();
    const sectorId = this.#sectorId;
    if (sectorId === null || !isAble(this.#submit)) return;
    this.#busy = true;
    this.show();
    const [missionId, loadout, surface] = [this.#missionId, this.#loadout, this.#surface];
    const problem = await this.#desk.create({ missionId, sectorId, loadout, surface }).then(
      () => "",
      (error) => asApiError(error).message,
    );
    this.#busy = false;
    this.show();
    if (problem === "") this.#created();
    else this.#tell(problem, false);
  }
}
