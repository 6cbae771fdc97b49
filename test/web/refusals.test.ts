import { strict as assert } from "node:assert";
import { ERRORS } from "../../src/errors.ts";
import { refusalText } from "../../web/model/refusals.ts";

/** What only those know who have read the protocol. */
const FOR_PROGRAMS = /\b(GET|POST) \/|detail\b|\b\w+Ms\b|docs\/|Authorization|shipId|sectorId|\b\w+_\w+\b/;

/** The page never asks for what these refuse: games, operators, and shipyards do. */
const NOT_OF_THE_PAGE = new Set([
  ...["request_id_reused", "unknown_message", "method_not_allowed", "unknown_surface", "unknown_mission"],
  ...["not_ready", "operators_only", "room_not_offered", "harvest_not_found", "reaction_too_fast"],
  ...["ship_not_found", "not_your_ship", "ship_destroyed", "no_mining_laser", "wrong_surface"],
  ...["standing_too_low", "hull_not_for_sale", "ship_not_here", "ledger_closed", "run_not_started"],
  "run_token_invalid",
]);

describe("a refusal, as the page tells it,", () => {
  it("names nothing that only programs know, whatever the server leaves out", () => {
    for (const [code, [, message]] of Object.entries(ERRORS)) {
      if (NOT_OF_THE_PAGE.has(code)) continue;
      assert.doesNotMatch(refusalText(code, {}) ?? message, FOR_PROGRAMS, code);
    }
  });

  it("says of a ban until when it lasts, and why", () => {
    const untilMs = new Date(2033, 4, 17, 12).getTime();
    assert.match(
      refusalText("banned", { reason: "Botting.", untilMs }) ?? "",
      /^You may not play here until .*2033.*\. The operators say: Botting\.$/,
    );
    assert.equal(
      refusalText("banned", { reason: "", untilMs: null }),
      "You may not play here until an operator lifts it.",
    );
  });

  it("keeps the server's words where they are for everybody", () => {
    assert.equal(refusalText("cargo_full", {}), null);
    assert.equal(refusalText("toString", {}), null);
  });
});
