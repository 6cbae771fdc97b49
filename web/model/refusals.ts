/** The server's refusals as players read them, where the server's own words are for those who write programs. */
import { plainWords } from "./words.ts";

type Detail = Readonly<Record<string, unknown>>;
type Words = string | ((detail: Detail) => string);

/** Of a value that the refusal may have left out. */
const told = (value: unknown, say: (value: string) => string) =>
  typeof value === "number" || (typeof value === "string" && value !== "")
    ? say(typeof value === "number" ? value.toLocaleString("en") : value)
    : "";

/** A moment as the reader's own clock and calendar have it. */
const when = (ms: unknown) =>
  typeof ms === "number"
    ? new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short", hour12: false })
    : "";

/** Why a deed counts for nothing (docs/contracts.md). */
const WORTHLESS: Readonly<Record<string, string>> = {
  judged_wrong: "It counts for nothing.",
  wrong_too_often:
    "It counts for nothing until more of the plain ones are right: fewer than 70 % of yours were.",
  another_week: "Some of it was done in another week, and counts for nothing here.",
  not_completed: "Some of it was not seen through, and counts for nothing.",
  below_duration_floor: "Some of it was over too soon to count.",
};

const RELOAD = "Reload the page and try again.";

const WORDS: Readonly<Record<string, Words>> = {
  invalid_message: "The server does not take that as it is. Correct it and try again.",
  not_found: `The server has nothing there. ${RELOAD}`,
  too_many_keys: "You have asked for as much as a day allows. Come back later.",
  feature_disabled: "That part of the game is not open here yet.",
  too_many_requests: "Too many requests have come from your address. Wait a little, then try again.",
  client_too_old: "The server speaks a newer language than this page. Reload it.",
  token_missing: "Sign in first.",
  banned: ({ reason, untilMs }) => {
    const end = when(untilMs) || "an operator lifts it";
    return `You may not play here until ${end}.${told(reason, (why) => ` The operators say: ${why}`)}`;
  },
  sector_not_found: "There is no such sector.",
  not_in_sector: "Your ship is in another sector.",
  seat_expired: "Your place there is not kept any more. Take off again with “Fly”.",
  sector_asleep: "Nobody is in this sector.",
  spectators_cannot_act: "You are only watching. Take off with “Fly” to act.",
  not_in_combat: "Your ship is in no fight; it may have ended.",
  insufficient_turns: "You have too few turns left. They come back with time.",
  sector_on_cooldown: ({ retryAtMs }) =>
    `You harvested this depleted field less than a day ago. Come back ${when(retryAtMs) || "later"}.`,
  sector_evacuated: ({ untilMs }) =>
    `A storm has this sector evacuated until ${when(untilMs) || "it is over"}. Mine elsewhere, or wait.`,
  station_does_not_buy: ({ buys }) => {
    const goods = Array.isArray(buys) ? buys.map((each) => plainWords(String(each)).toLowerCase()) : [];
    return `This station does not buy that${goods.length === 0 ? "" : `; it buys ${goods.join(", ")}`}.`;
  },
  insufficient_credits: ({ needed }) =>
    `You have too few credits${told(needed, (price) => `: it costs ${price}`)}. Sell something first.`,
  not_docked_at_am_station:
    "Licences are sold at refineries of the Astral Mining Consortium. Dock at one of those.",
  hold_too_small: ({ free }) => `Your hold has less room${told(free, (units) => `: for ${units} more`)}.`,
  not_enough_cargo: ({ held }) => `You carry less than that${told(held, (units) => `: ${units}`)}.`,
  incident_not_found: "There is no such incident.",
  incident_closed: "It is too late for that: it takes no answers any more.",
  already_responded: "You have reacted to it already. What came of it is told at its end.",
  survey_over: "That week’s question is over. Reload the page for the new one.",
  contract_not_found: `There is no such contract. ${RELOAD}`,
  contract_not_active: "That contract is of another week. Reload the page for this week’s.",
  not_a_member: "You are not in that contract. Join it first.",
  source_not_counted: ({ reason }) => WORTHLESS[String(reason)] ?? "Some of it counts for nothing here.",
  already_contributed: "Some of it had been brought to another contract, and counts once.",
  subject_not_found: `The contract has no such subject. ${RELOAD}`,
  unknown_answer: `That is not said of these subjects. ${RELOAD}`,
  not_joined_yet: "You have no pilot yet. Take off with “Fly” first, then come back.",
  insufficient_balance: "You have less than that of it.",
  mission_not_on_surface: "That mission cannot be played there. Choose another game, or another mission.",
  field_too_poor: ({ needed }) =>
    `That field is too poor for the mission.${told(needed, (tier) => ` Choose one of tier ${tier} or better.`)}`,
  research_needed: "That has not been researched. Research it first, or take something else along.",
  too_many_runs:
    "You are on as many expeditions as you may, or on that mission. See one through, or give it up.",
  run_not_found: `You have no such expedition. ${RELOAD}`,
  run_not_open: "That expedition has ended.",
  research_not_ready: "That cannot be researched yet: what comes before it is missing.",
};

/** @returns what a refusal tells a player; null where the server's own words do */
export function refusalText(code: string, detail: Detail): string | null {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return typeof words === "function" ? words(detail) : (words ?? null);
}
