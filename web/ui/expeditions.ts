import { MISSION_IDS, missionOf } from "../../src/rules/missions.ts";
import type { Context } from "../app.ts";
import { count, plainWords } from "../model/words.ts";
import { ask } from "../net/api.ts";
import { inventorySchema, missionLogSchema, type Run } from "../net/wire.ts";
import { fill, h } from "./dom.ts";

/** The newest ones; the log itself goes back further. */
const RUNS_MAX = 4;

/** What the pilot's expeditions were and have brought, on whatever surface they were played. */
export function expeditions({ session, atlas }: Context): HTMLElement {
  const list = h("ul", {}, h("li", { class: "muted" }, "Looking for them …"));
  const balances = h("p", { class: "muted" });
  const { token } = session;
  const row = ({ missionId, sectorId, status, oreGrade, objectiveScore }: Run) => {
    const mission = MISSION_IDS.find((each) => each === missionId);
    const title = mission === undefined ? plainWords(missionId) : missionOf(mission).title;
    const name = atlas.sector(sectorId)?.name ?? "";
    const grade = oreGrade === null ? "" : ` · ${oreGrade} ore`;
    const score = objectiveScore === null ? "" : ` · ${count(objectiveScore, "point")}`;
    return h(
      "li",
      { class: "way" },
      h("span", {}, title, h("span", { class: "sub muted" }, `${sectorId} ${name}${grade}${score}`)),
      h("span", { class: "muted" }, plainWords(status)),
    );
  };
  const none = h("li", { class: "muted" }, "None yet. Games that are built on this server send you on one.");
  ask("/me/mission-log", missionLogSchema, { token }).then(
    ({ runs }) => fill(list, ...(runs.length === 0 ? [none] : runs.slice(0, RUNS_MAX).map(row))),
    () => fill(list, h("li", { class: "muted" }, "They cannot be read just now.")),
  );
  ask("/me/inventory", inventorySchema, { token }).then(
    (inventory) => {
      const held = Object.entries(inventory.balances).filter(([, units]) => units > 0);
      fill(balances, held.map(([type, units]) => `${plainWords(type)} ${units}`).join(" · "));
    },
    () => {},
  );
  return h("section", {}, h("h3", { class: "sub-head" }, "Your expeditions"), list, balances);
}
