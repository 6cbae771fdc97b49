/** Newcomers whose ship is nearly gone already: fights of a few rounds hardly ever sink a sound one. */
import type pg from "pg";

/** One newcomer in so many. */
const FRAIL_EVERY = 2;
/** A hit or two. */
const HULL_LEFT = 4;

/**
 * From now on some of those who begin in this database do so in a damaged ship. What they claim after its loss is sound.
 * @throws what the database throws
 */
export async function makeNewcomersFrail(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create function begin_frail() returns trigger language plpgsql as $$
    begin
      if get_byte(uuid_send(new.id), 15) % ${FRAIL_EVERY} = 0
          and not exists (select from ships where owner_id = new.owner_id) then
        new.hull := ${HULL_LEFT};
        new.shield := 0;
      end if;
      return new;
    end $$;
    create trigger begin_frail before insert on ships for each row when (not new.is_npc) execute function begin_frail()`);
}
