import { MISSION_TEMPLATES } from "../../../src/rules/missions.ts";
import { DAILY_CLAIM_STARDUST, REFERRAL_STARDUST } from "../../../src/rules/rewards.ts";
import type { Context } from "../../app.ts";
import { capText, rewardOf, surfaceName } from "../../model/rewards.ts";
import { duration, plainWords } from "../../model/words.ts";
import type { AccountDesk } from "../../net/account-desk.ts";
import type { Reward, Template } from "../../net/wire-economy.ts";
import { enable, isAble } from "../acts.ts";
import { h } from "../dom.ts";
import { icon } from "../icons.ts";
import { copyField } from "./inputs.ts";
import { balanceList } from "./research-panel.ts";

/** What can be done from the account's panels; each says what came of it. */
export interface AccountActs {
  claim(template: Template): void;
  refer(code: string): void;
  answer(choice: string): void;
  readOlder(): void;
}

function panel(title: string, ...body: readonly (HTMLElement | null)[]): HTMLElement {
  return h(
    "section",
    { class: "panel", "aria-label": title },
    h("header", {}, h("h2", {}, title)),
    h("div", { class: "body" }, ...body),
  );
}

export function balancesPanel({ balances, boons }: AccountDesk, { time, atlas }: Context): HTMLElement {
  const held = boons.map(({ kind, sectorId, endsAtMs }) => {
    const where = sectorId === null ? "anywhere" : `in ${sectorId} ${atlas.sector(sectorId)?.name ?? ""}`;
    const what = kind === "boost" ? `5 % more ore ${where}` : `asteroids run deep for you ${where}`;
    return h(
      "li",
      { class: "way" },
      h("span", {}, icon("storm", "is-claim"), ` ${what}`),
      h("span", { class: "muted number" }, `${duration(endsAtMs - time.now())} left`),
    );
  });
  return panel(
    "What you have",
    balanceList(balances),
    held.length === 0 ? null : h("h3", { class: "sub-head" }, "For having answered incidents"),
    held.length === 0 ? null : h("ul", {}, ...held),
  );
}

export function claimsPanel(desk: AccountDesk, acts: AccountActs): HTMLElement {
  const row = (template: Template) => {
    const claimed = desk.isClaimed(template);
    const reason = desk.hasPlayed(template) ? null : "after a whole run of that kind today (UTC)";
    const button = h("button", { class: "button", type: "button", id: `claim-${template}` }, "Claim");
    button.setAttribute("aria-label", `Claim the day’s ${template} bonus`);
    enable(button, reason);
    button.addEventListener("click", () => {
      if (isAble(button)) acts.claim(template);
    });
    return h(
      "li",
      { class: "way" },
      h(
        "span",
        {},
        `${plainWords(template)} missions`,
        h("span", { class: "sub muted" }, reason ?? `${DAILY_CLAIM_STARDUST} stardust`),
      ),
      claimed ? h("span", { class: "state completed" }, icon("check"), "Claimed today") : button,
    );
  };
  return panel("Claims of the day", h("ul", {}, ...MISSION_TEMPLATES.map(row)));
}

export function referralPanel({ code }: AccountDesk, acts: AccountActs): HTMLElement {
  const input = h("input", {
    ...{ class: "field-input", id: "referral-code", maxlength: 16, autocomplete: "off", spellcheck: "false" },
    ...{ pattern: "\\w+", required: true },
  });
  const form = h(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        acts.refer(input.value.trim());
      },
    },
    h("label", { class: "sub-label", for: "referral-code" }, "Who brought you along? Their code:"),
    h("div", { class: "copy" }, input, h("button", { class: "button", type: "submit" }, "Say so")),
  );
  return panel(
    "Bring others along",
    copyField("own-code", `Your code: ${REFERRAL_STARDUST} stardust for each who plays`, code),
    form,
  );
}

/** The pilot's token is all there is of a guest: with it they play on elsewhere. */
export function signInPanel({ session }: Context): HTMLElement {
  return panel(
    "Play elsewhere",
    h(
      "p",
      { class: "muted" },
      "With this sign-in a game, or this page on another device, is the same pilot.",
    ),
    copyField("sign-in", "Sign-in (keep it to yourself)", session.token ?? "", true),
  );
}

export function surveyPanel({ survey }: AccountDesk, acts: AccountActs): HTMLElement | null {
  if (survey === null) return null;
  if (survey.answer !== null)
    return panel("This week’s question", h("p", {}, `Thank you: ${plainWords(survey.answer)}.`));
  const choices = survey.choices.map((choice) =>
    h("button", { class: "button", type: "button", click: () => acts.answer(choice) }, plainWords(choice)),
  );
  return panel("This week’s question", h("p", {}, survey.question), h("div", { class: "links" }, ...choices));
}

const SOURCES: Readonly<Record<string, string>> = {
  run: "an expedition",
  daily_claim: "a claim of the day",
  referral: "bringing somebody along",
  contract: "a guild contract",
  incident: "answering an incident",
};

export function ledgerPanel({ rewards, nextBefore }: AccountDesk, acts: AccountActs): HTMLElement {
  const row = ({ rewardType, value, requestedValue, capReason, source, surface, grantedAtMs }: Reward) => {
    const { name, sign } = rewardOf(rewardType);
    const at = new Date(grantedAtMs);
    const when = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short", hour12: false });
    const cut = capReason === null ? null : `of ${requestedValue}: ${capText(capReason)}`;
    return h(
      "li",
      { class: "reward" },
      h(
        "span",
        {},
        icon(sign),
        ` ${name}`,
        h(
          "span",
          { class: "sub muted" },
          `for ${SOURCES[source] ?? source} · ${surfaceName(surface)} · ${when}`,
        ),
        cut !== null && h("span", { class: "sub is-mine" }, cut),
      ),
      h("span", { class: "number amount" }, `+${value}`),
    );
  };
  const none = h(
    "p",
    { class: "muted" },
    "No reward yet. Expeditions, guild contracts and incidents bring some.",
  );
  const older = h("button", { class: "button", type: "button", click: () => acts.readOlder() }, "Older ones");
  return panel(
    "Reward ledger",
    rewards.length === 0 ? none : h("ul", { class: "rewards" }, ...rewards.map(row)),
    nextBefore === null ? null : h("div", { class: "links" }, older),
  );
}
