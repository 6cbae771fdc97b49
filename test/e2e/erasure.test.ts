import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ScriptedDice } from "../support/dice.ts";
import { erase } from "../support/erasure.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { PilotClient } from "../support/pilot-client.ts";
import { accepted } from "../support/play.ts";
import { bloodlessFight } from "../support/rolls.ts";
import { FIGHT_TICKS } from "../support/scenes.ts";

const START = 1;
const textsSchema = z.array(z.object({ text: z.string() }));

describe("a person who is erased as the operators' guide says", () => {
  const dice = new ScriptedDice();
  const game = useGame({ dice: () => dice });
  before(() => makeSector(game.pool, game.world, START));

  /** Every row of every table that has the word anywhere in it, with its table's name. */
  async function rowsWith(word: string): Promise<string[]> {
    const tables = await game.pool.query(
      "select quote_ident(table_schema) || '.' || quote_ident(table_name) as text from information_schema.tables where table_schema in ('public', 'graphile_worker') and table_type = 'BASE TABLE'",
    );
    const found: string[] = [];
    for (const { text: table } of textsSchema.parse(tables.rows)) {
      const { rows } = await game.pool.query(
        `select one::text as text from ${table} one where position($1 in one::text) > 0`,
        [word],
      );
      found.push(...textsSchema.parse(rows).map(({ text }) => `${table} ${text}`));
    }
    return found;
  }

  it("leaves their name in no row of the database, and others' fights with others as they were", async () => {
    const [ada, bob] = [randomUUID(), randomUUID()];
    const come = async (userId: string, name: string) => {
      const token = await game.token(userId, { name });
      return game.keep(PilotClient.join(game.port, token, { sectorId: START, protocol: 1 }));
    };
    const clients = [await come(ada, "Ada Unmistakable"), await come(bob, "Bob Remarkable")] as const;
    const { client: third, pilot } = await game.fly(START);
    const shipOf = async (userId: string) =>
      (await game.row("select current_ship_id as id from players where user_id = $1", userId)).id;
    const fight = async (attacker: PilotClient, targetId: unknown, defender: PilotClient) => {
      await accepted(attacker.ask("attack", { targetId }));
      dice.push(...bloodlessFight());
      game.tick(FIGHT_TICKS);
      await Promise.all([attacker.next("combat_resolved"), defender.next("combat_resolved")]);
    };
    await fight(clients[0], await shipOf(bob), clients[1]);
    await fight(clients[1], await shipOf(ada), clients[0]);
    await fight(clients[1], pilot.shipId, third);
    const others = (await rowsWith("Remarkable")).length;
    assert.ok((await rowsWith("Unmistakable")).length > 0);

    await erase(game.pool, ada);
    assert.deepEqual(await rowsWith("Unmistakable"), []);
    // Bob's own history tells of the third by name; Ada's of Bob, and the third's.
    assert.equal((await rowsWith("Remarkable")).length, others);
  });
});
