import { type Situation, whyNotUndock } from "../model/reasons.ts";
import { duration, hullName, plainWords } from "../model/words.ts";
import { act, enable, isAble } from "./acts.ts";
import { fill, h, say } from "./dom.ts";
import { icon } from "./icons.ts";
import { MineAct, type MineActs } from "./mine-act.ts";

export interface PilotActs extends MineActs {
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
  readonly #goods = h("dd", { class: "muted small" });
  readonly #mine: MineAct;
  readonly #flee: HTMLButtonElement;
  readonly #undock: HTMLButtonElement;
  readonly #claim: HTMLButtonElement;
  readonly #notice = h("p", { class: "notice", role: "alert" });
  #situation: Situation | null = null;

  constructor(acts: PilotActs) {
    this.#acts = acts;
    this.#mine = new MineAct(acts);
    this.#flee = act({ label: "Flee", key: "F", sign: "flee", look: "danger", click: () => acts.flee() });
    const undock = () => {
      if (isAble(this.#undock)) acts.undock();
    };
    this.#undock = act({ label: "Undock", key: "U", sign: "leave", click: undock });
    this.#claim = act({
      ...{ label: "Claim a new ship", key: "C", sign: "ship", look: "primary" },
      click: () => acts.claimHull(),
    });
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
        h("div", { class: "goods" }, h("dt", { class: "hidden-text" }, "In the hold"), this.#goods),
      ),
      this.#mine.claim,
      h(
        "div",
        { class: "acts" },
        ...[this.#mine.button, this.#flee, this.#undock, this.#claim, this.#mine.preview],
      ),
      this.#notice,
    );
  }

  /** @param situation null while there is nothing to fly */
  show(situation: Situation | null): void {
    this.#situation = situation;
    this.element.hidden = situation === null;
    if (situation === null) return;
    const { ship, pilot, nowMs } = situation;
    const docked = ship.status === "DOCKED";
    say(this.#name, ship.pilotName);
    say(
      this.#hull,
      `${hullName(ship.hullType)} · shield ${ship.shield}/${ship.shieldMax} · hull ${ship.hull}/${ship.hullMax}`,
    );
    say(this.#turns, `${pilot.turns.toLocaleString("en")} of ${pilot.maxTurns.toLocaleString("en")}`);
    const reserved = pilot.turnsReserved > 0 ? `${pilot.turnsReserved} reserved` : "";
    const next = pilot.nextTurnAtMs === null ? "" : `next in ${duration(pilot.nextTurnAtMs - nowMs)}`;
    say(this.#next, reserved || next);
    say(this.#credits, pilot.credits.toLocaleString("en"));
    const used = pilot.cargoCapacity - pilot.cargoFree;
    say(this.#cargo, `${used.toLocaleString("en")} of ${pilot.cargoCapacity.toLocaleString("en")}`);
    this.#hold.style.width = `${pilot.cargoCapacity === 0 ? 0 : (used / pilot.cargoCapacity) * 100}%`;
    const goods = Object.entries(pilot.cargo).filter(([, units]) => units > 0);
    if (this.#goods.parentElement !== null) this.#goods.parentElement.hidden = goods.length === 0;
    say(
      this.#goods,
      goods.map(([name, units]) => `${plainWords(name)} ${units.toLocaleString("en")}`).join(" · "),
    );
    this.#flee.hidden = ship.action !== "fight";
    this.#undock.hidden = !docked;
    enable(this.#undock, whyNotUndock(situation));
    this.#claim.hidden = ship.hullType !== "ESCAPE_POD" || !docked;
    this.#mine.show(situation);
  }

  /** Says something to the pilot: a refusal, mostly. */
  notice(text: string): void {
    fill(this.#notice, text);
  }

  /** A key of the pilot's. @returns whether it meant something here */
  key(key: string): boolean {
    if (this.#situation === null) return false;
    const acts: Record<string, () => void> = {
      m: () => this.#mine.mine(),
      l: () => this.#mine.seekLicense(),
      f: () => this.#flee.hidden || this.#acts.flee(),
      u: () => this.#undock.hidden || this.#undock.click(),
      c: () => this.#claim.hidden || this.#acts.claimHull(),
    };
    const chosen = acts[key.toLowerCase()];
    chosen?.();
    return chosen !== undefined;
  }
}
