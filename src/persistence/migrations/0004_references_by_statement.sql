-- A foreign key is checked by a query for each inserted row: a harvest with its event and its request has five of them,
-- which cost more than all the rest of its inserts. The triggers below hold the same references by a query for each
-- statement: what is referred to must be there, and is locked FOR KEY SHARE until the end, as a foreign key does it.
ALTER TABLE "events" DROP CONSTRAINT "events_player_id_players_id_fk";
--> statement-breakpoint
ALTER TABLE "requests" DROP CONSTRAINT "requests_player_id_players_id_fk";
--> statement-breakpoint
ALTER TABLE "mining_harvests" DROP CONSTRAINT "mining_harvests_player_id_players_id_fk";
--> statement-breakpoint
ALTER TABLE "mining_harvests" DROP CONSTRAINT "mining_harvests_ship_id_ships_id_fk";
--> statement-breakpoint
ALTER TABLE "mining_harvests" DROP CONSTRAINT "mining_harvests_region_id_regions_id_fk";
--> statement-breakpoint
create function check_players_exist() returns trigger language plpgsql as $$
declare
  found_rows integer;
begin
  perform id from players where id = any (array(select player_id from written)) order by id for key share;
  get diagnostics found_rows = row_count;
  if found_rows <> (select count(distinct player_id) from written) then
    raise exception '% refers to a row of players that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name, column = 'player_id';
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function check_ships_exist() returns trigger language plpgsql as $$
declare
  found_rows integer;
begin
  perform id from ships where id = any (array(select ship_id from written)) order by id for key share;
  get diagnostics found_rows = row_count;
  if found_rows <> (select count(distinct ship_id) from written) then
    raise exception '% refers to a row of ships that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name, column = 'ship_id';
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function check_regions_exist() returns trigger language plpgsql as $$
declare
  found_rows integer;
begin
  perform id from regions where id = any (array(select region_id from written)) order by id for key share;
  get diagnostics found_rows = row_count;
  if found_rows <> (select count(distinct region_id) from written) then
    raise exception '% refers to a row of regions that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', table = tg_table_name, column = 'region_id';
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger events_players_exist after insert on events referencing new table as written
  for each statement execute function check_players_exist();
--> statement-breakpoint
create trigger requests_players_exist after insert on requests referencing new table as written
  for each statement execute function check_players_exist();
--> statement-breakpoint
create trigger mining_harvests_players_exist after insert on mining_harvests referencing new table as written
  for each statement execute function check_players_exist();
--> statement-breakpoint
create trigger mining_harvests_ships_exist after insert on mining_harvests referencing new table as written
  for each statement execute function check_ships_exist();
--> statement-breakpoint
create trigger mining_harvests_regions_exist after insert on mining_harvests referencing new table as written
  for each statement execute function check_regions_exist();
--> statement-breakpoint
-- What refers to a row goes with it (players, ships) or forgets it (regions), as ON DELETE would have it.
create function drop_what_players_did() returns trigger language plpgsql as $$
begin
  delete from events where player_id = any (array(select id from gone));
  delete from requests where player_id = any (array(select id from gone));
  delete from mining_harvests where player_id = any (array(select id from gone));
  return null;
end
$$;
--> statement-breakpoint
create trigger players_delete after delete on players referencing old table as gone
  for each statement execute function drop_what_players_did();
--> statement-breakpoint
create function drop_what_ships_mined() returns trigger language plpgsql as $$
begin
  delete from mining_harvests where ship_id = any (array(select id from gone));
  return null;
end
$$;
--> statement-breakpoint
create trigger ships_delete after delete on ships referencing old table as gone
  for each statement execute function drop_what_ships_mined();
--> statement-breakpoint
create function forget_regions() returns trigger language plpgsql as $$
begin
  update mining_harvests set region_id = null where region_id = any (array(select id from gone));
  return null;
end
$$;
--> statement-breakpoint
create trigger regions_delete after delete on regions referencing old table as gone
  for each statement execute function forget_regions();
--> statement-breakpoint
create function refuse_new_key() returns trigger language plpgsql as $$
begin
  raise exception '% is referred to by its id, which stays', tg_table_name using errcode = 'foreign_key_violation';
end
$$;
--> statement-breakpoint
create trigger players_keep_id before update of id on players
  for each row when (old.id <> new.id) execute function refuse_new_key();
--> statement-breakpoint
create trigger ships_keep_id before update of id on ships
  for each row when (old.id <> new.id) execute function refuse_new_key();
--> statement-breakpoint
create trigger regions_keep_id before update of id on regions
  for each row when (old.id <> new.id) execute function refuse_new_key();
--> statement-breakpoint
-- The rows that play changes again and again: an index over a value that changes with every harvest, and a page without
-- room, each make an update write all the row's indexes too.
DROP INDEX "reputations_faction_value";
--> statement-breakpoint
alter table players set (fillfactor = 70);
--> statement-breakpoint
alter table reputations set (fillfactor = 70);
--> statement-breakpoint
alter table ship_cargo set (fillfactor = 70);
--> statement-breakpoint
alter table asteroid_fields set (fillfactor = 70);
