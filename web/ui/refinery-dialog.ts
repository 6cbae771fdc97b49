import type { Context } from "../app.ts";
import { credits } from "../model/own-events.ts";
import { count } from "../model/words.ts";
import { asApiError, ask } from "../net/api.ts";
import { refineriesSchema } from "../net/wire.ts";
import { openDialog } from "./dialog.ts";
import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";

/** Where a licence for a claimed field is sold: the refineries next to the ship. */
export function openRefineryDialog({ session, go }: Context, sectorId: number): void {
  // A refinery that the pilot docks at then offers this one first.
  session.wantedLicense = sectorId;
  const list = h("ul", {}, h("li", { class: "muted" }, "Looking for refineries …"));
  const close = openDialog(() => [
    h("h2", { id: "dialog-title" }, `A licence for sector ${sectorId}`),
    h(
      "p",
      { class: "dialog-text" },
      "Refineries of the Astral Mining Consortium sell licences for 24 hours, for any field that it claims. Dock at one of these:",
    ),
    list,
  ]);
  const row = ({ name, sectorId: at, warps, orePriceCr }: Refinery) => {
    const open = () => {
      close();
      go(`/sector/${at}`);
    };
    const far = warps === 0 ? "in this sector" : `${count(warps, "warp")} away`;
    const ore = orePriceCr === null ? "" : ` · pays ${credits(orePriceCr)} for ore`;
    return h(
      "li",
      { class: "way" },
      h(
        "span",
        {},
        icon("station", "is-ship"),
        ` ${name}`,
        h("span", { class: "sub muted" }, `Sector ${at} · ${far}${ore}`),
      ),
      h("button", { class: "button", type: "button", click: open }, "Look"),
    );
  };
  ask("/mining/refineries", refineriesSchema, { token: session.token }).then(
    ({ refineries }) => {
      const none = h("li", { class: "muted" }, "No refinery can be reached from here.");
      fill(list, ...(refineries.length === 0 ? [none] : refineries.map(row)));
    },
    (error) => fill(list, h("li", { class: "problem" }, asApiError(error).message)),
  );
}

type Refinery = (typeof refineriesSchema)["_output"]["refineries"][number];
