import { AM_FACTION } from "../../src/rules/factions.ts";
import { credits } from "../model/own-events.ts";
import { Confirmation } from "../model/presses.ts";
import { previewHarvest, type Situation, whyNotMine } from "../model/reasons.ts";
import { count, duration, factionName } from "../model/words.ts";
import { act, enable } from "./acts.ts";
import { fill, h, say } from "./dom.ts";
import { icon } from "./icons.ts";

export interface MineActs {
  harvest(): void;
  /** Where a licence for this field is sold. */
  seekLicense(): void;
}

/** The Mine button: greyed with its reason, what it would bring before it is pressed, and what a claim has to say to it. */
export class MineAct {
  readonly button: HTMLButtonElement;
  readonly preview = h("p", { class: "preview", id: "mine-preview" });
  readonly claim: HTMLElement;
  readonly #acts: MineActs;
  readonly #claimText = h("span");
  readonly #buy: HTMLButtonElement;
  #situation: Situation | null = null;
  /** In a claimed field without a licence the first click only asks. */
  readonly #sure = new Confirmation();
  #confirmed = 0;

  constructor(acts: MineActs) {
    this.#acts = acts;
    this.button = act({ label: "Mine", key: "M", sign: "mine", click: () => this.mine(), look: "primary" });
    this.button.setAttribute("aria-describedby", "mine-preview");
    this.#buy = act({ label: "Licence", key: "L", sign: "claim", click: () => this.seekLicense() });
    this.claim = h("div", { class: "claim-call", hidden: true }, icon("claim"), this.#claimText, this.#buy);
  }

  show(now: Situation): void {
    this.#situation = now;
    const unlicensed = this.#isUnlicensed(now);
    if (!unlicensed) this.#sure.drop();
    const reason = whyNotMine(now);
    enable(this.button, reason);
    const label = this.#sure.about !== null ? "Mine all the same" : "Mine";
    if (this.button.dataset.label !== label) {
      this.button.dataset.label = label;
      fill(this.button, icon("mine"), label);
    }
    say(this.preview, reason ?? outlook(now));
    this.#showClaim(now);
  }

  mine(): void {
    const now = this.#situation;
    if (now === null || whyNotMine(now) !== null) return;
    const { sectorId } = now.view;
    if (this.#isUnlicensed(now) && this.#confirmed !== sectorId && !this.#sure.press(`${sectorId}`)) {
      this.show(now);
      return;
    }
    this.#confirmed = sectorId;
    this.#acts.harvest();
  }

  seekLicense(): void {
    if (!this.claim.hidden && !this.#buy.hidden) this.#acts.seekLicense();
  }

  #isUnlicensed({ view, preview }: Situation): boolean {
    return view.claimedBy === AM_FACTION && preview?.license.state !== "valid";
  }

  #showClaim({ view, preview, pilot, nowMs }: Situation): void {
    const license = preview?.license;
    this.claim.hidden = license === undefined || license.state === "not_needed" || view.claimedBy === "";
    if (license === undefined || this.claim.hidden) return;
    const owner = factionName(view.claimedBy);
    this.claim.classList.toggle("warns", license.state !== "valid");
    const price = license.priceCr === null ? "" : `: ${credits(license.priceCr)}`;
    if (license.state === "valid" && license.expiresAtMs !== null) {
      say(this.#claimText, `Your licence for this field holds for ${duration(license.expiresAtMs - nowMs)}.`);
      this.#label(`Renew${price}`);
      return;
    }
    const loss = -(preview?.standing[AM_FACTION] ?? 0);
    const standing = pilot.standing[AM_FACTION] ?? 0;
    const lead = license.state === "expired" ? "Your licence has ended." : `The ${owner} claims this field.`;
    const asked = this.#sure.about !== null ? " Press once more to mine all the same." : "";
    say(
      this.#claimText,
      `${lead} Each harvest without its licence costs ${loss} of your standing, which is ${standing} now.${asked}`,
    );
    this.#label(`Licence${price}`);
  }

  #label(text: string): void {
    if (this.#buy.dataset.label === text) return;
    this.#buy.dataset.label = text;
    fill(this.#buy, text);
  }
}

/** What a harvest would bring: as the server says it, or by the same rules until it has. */
function outlook(now: Situation): string {
  const local = previewHarvest(now);
  if (local === null) return "What it would bring is not known.";
  const field = now.preview?.field;
  const ore = field?.ore ?? { min: local.oreLeast, max: local.oreMost };
  const [least, most] = [Math.min(ore.min, now.pilot.cargoFree), Math.min(ore.max, now.pilot.cargoFree)];
  const band = least === most ? `${least}` : `${least} to ${most}`;
  const chance = (bps: number | undefined, what: string) =>
    bps === undefined || bps === 0 ? "" : `, with ${(bps / 100).toLocaleString("en")} % chance ${what}`;
  const finds =
    chance(field?.preciousMetalsChanceBps, "precious metals") +
    chance(field?.quantumShardsChanceBps, "a quantum shard");
  return `Brings ${band} ore for ${count(local.turns, "turn")}${finds}. An attack ends it: nothing gained, ${local.turnsAtRisk} turns lost.`;
}
