import { AM_FACTION } from "../../src/rules/factions.ts";
import { previewHarvest, type Situation, whyNotMine, whyNotUndock } from "../model/reasons.ts";
import { count, duration, hullName, plainWords } from "../model/words.ts";
import { fill, h, say } from "./dom.ts";
import { icon } from "./icons.ts";

export interface PilotActs {
  harvest(): void;
  flee(): void;
  undock(): void;
  claimHull(): void;
}

/** The pilot's own instruments: what only they may know, and what they can do. */
export class PilotPanel {
  readonly element: HTMLElement;
  readonly #acts: PilotActs;
  readonly #name = h("h2");
  readonly #hull = h("span", { class: "muted" });
  readonly #turns = h("dd", { class: "number" });
  readonly #next = h("dd", { class: "muted number small" });
  readonly #credits = h("dd", { class: "number" });
  readonly #cargo = h("dd", { class: "number" });
  readonly #hold = h("i");
  readonly #goods = h("p", { class: "goods muted" });
  readonly #mine: HTMLButtonElement;
  readonly #preview = h("p", { class: "preview", id: "mine-preview" });
  readonly #flee: HTMLButtonElement;
  readonly #undock: HTMLButtonElement;
  readonly #claim: HTMLButtonElement;
  readonly #notice = h("p", { class: "notice", role: "alert" });
  #situation: Situation | null = null;
  /** In a claimed field the first click only asks. */
  #confirmed = 0;
  #asking = false;

  constructor(acts: PilotActs) {
    this.#acts = acts;
    const act = (
      label: string,
      key: string,
      click: () => void,
      name: Parameters<typeof icon>[0],
      className = "",
    ) =>
      h(
        "button",
        {
          class: `button ${className}`,
          type: "button",
          "aria-keyshortcuts": key,
          title: `Key ${key}`,
          click,
        },
        icon(name),
        label,
      );
    this.#mine = act("Mine", "M", () => this.mine(), "mine", "primary");
    this.#mine.setAttribute("aria-describedby", "mine-preview");
    this.#flee = act("Flee", "F", () => acts.flee(), "flee", "danger");
    this.#undock = act("Undock", "U", () => this.#ifAble(this.#undock, () => acts.undock()), "leave");
    this.#claim = act("Claim a new ship", "C", () => acts.claimHull(), "ship", "primary");
    this.element = h(
      "section",
      { class: "pilot panel", "aria-label": "Your ship", hidden: true },
      h("div", { class: "pilot-who" }, this.#name, this.#hull),
      h(
        "dl",
        { class: "gauges" },
        h("div", {}, h("dt", {}, icon("turns"), "Turns"), this.#turns, this.#next),
        h(
          "div",
          {},
          h("dt", {}, icon("cargo"), "Cargo"),
          this.#cargo,
          h("dd", { class: "meter", "aria-hidden": "true" }, this.#hold),
        ),
        h("div", {}, h("dt", {}, icon("credits"), "Credits"), this.#credits),
      ),
      this.#goods,
      h("div", { class: "acts" }, this.#mine, this.#flee, this.#undock, this.#claim, this.#preview),
      this.#notice,
    );
  }

  /** @param situation null while there is nothing to fly */
  show(situation: Situation | null): void {
    this.#situation = situation;
    this.element.hidden = situation === null;
    if (situation === null) return;
    const { ship, pilot, view } = situation;
    say(this.#name, ship.pilotName);
    say(
      this.#hull,
      `${hullName(ship.hullType)} · shield ${ship.shield}/${ship.shieldMax} · hull ${ship.hull}/${ship.hullMax}`,
    );
    const reserved = pilot.turnsReserved > 0 ? ` (${pilot.turnsReserved} reserved)` : "";
    say(
      this.#turns,
      `${pilot.turns.toLocaleString("en")} of ${pilot.maxTurns.toLocaleString("en")}${reserved}`,
    );
    say(this.#credits, pilot.credits.toLocaleString("en"));
    const used = pilot.cargoCapacity - pilot.cargoFree;
    say(this.#cargo, `${used.toLocaleString("en")} of ${pilot.cargoCapacity.toLocaleString("en")}`);
    this.#hold.style.width = `${pilot.cargoCapacity === 0 ? 0 : (used / pilot.cargoCapacity) * 100}%`;
    const goods = Object.entries(pilot.cargo).filter(([, units]) => units > 0);
    say(
      this.#goods,
      goods.map(([name, units]) => `${plainWords(name)} ${units.toLocaleString("en")}`).join(" · "),
    );
    this.#flee.hidden = ship.action !== "fight";
    this.#undock.hidden = ship.status !== "DOCKED";
    enable(this.#undock, whyNotUndock(situation));
    this.#claim.hidden = ship.hullType !== "ESCAPE_POD" || ship.status !== "DOCKED";
    if (view.sectorId !== this.#confirmed && view.claimedBy !== AM_FACTION) this.#asking = false;
    this.#showMine(situation);
    this.tick();
  }

  /** What only time changes. */
  tick(): void {
    if (this.#situation === null) return;
    const { pilot, nowMs } = this.#situation;
    say(this.#next, pilot.nextTurnAtMs === null ? "" : `next in ${duration(pilot.nextTurnAtMs - nowMs)}`);
  }

  /** Says something to the pilot: a refusal, mostly. */
  notice(text: string): void {
    fill(this.#notice, text);
  }

  mine(): void {
    const now = this.#situation;
    if (now === null || whyNotMine(now) !== null) return;
    const claimed = now.view.claimedBy === AM_FACTION && this.#confirmed !== now.view.sectorId;
    if (claimed && !this.#asking) {
      this.#asking = true;
      this.#showMine(now);
      return;
    }
    this.#asking = false;
    this.#confirmed = now.view.sectorId;
    this.#acts.harvest();
  }

  /** A key of the pilot's. @returns whether it meant something here */
  key(key: string): boolean {
    if (this.#situation === null) return false;
    const acts: Record<string, () => void> = {
      m: () => this.mine(),
      f: () => this.#flee.hidden || this.#acts.flee(),
      u: () => this.#undock.hidden || this.#undock.click(),
      c: () => this.#claim.hidden || this.#acts.claimHull(),
    };
    const act = acts[key.toLowerCase()];
    act?.();
    return act !== undefined;
  }

  #showMine(now: Situation): void {
    const reason = whyNotMine(now);
    enable(this.#mine, reason);
    fill(this.#mine, icon("mine"), this.#asking ? "Mine all the same" : "Mine");
    if (reason !== null) {
      say(this.#preview, reason);
      return;
    }
    if (this.#asking) {
      say(
        this.#preview,
        "The Astral Mining Consortium claims this field. Mining here without its licence costs you standing with it.",
      );
      return;
    }
    const preview = previewHarvest(now);
    if (preview === null) say(this.#preview, "What it would bring is not known.");
    else {
      const ore =
        preview.oreLeast === preview.oreMost
          ? `${preview.oreLeast}`
          : `${preview.oreLeast} to ${preview.oreMost}`;
      say(
        this.#preview,
        `Brings ${ore} ore for ${count(preview.turns, "turn")}. Broken off by an attack: nothing, and ${preview.turnsAtRisk} turns are lost.`,
      );
    }
  }

  #ifAble(button: HTMLButtonElement, act: () => void): void {
    if (button.getAttribute("aria-disabled") !== "true") act();
  }
}

/** A button that cannot be used keeps its focus and says why: a disabled one could do neither. */
function enable(button: HTMLButtonElement, reason: string | null): void {
  button.setAttribute("aria-disabled", String(reason !== null));
  if (reason !== null) button.title = reason;
}
