DROP INDEX "mining_harvests_sector";--> statement-breakpoint
-- A batch of the commit queue has locked the players and ships that it writes about (persistence/batch.ts), more strongly
-- than these triggers would, and says so for its transaction. For everybody else they stay as they are.
drop trigger events_players_exist on events;
--> statement-breakpoint
drop trigger requests_players_exist on requests;
--> statement-breakpoint
drop trigger mining_harvests_players_exist on mining_harvests;
--> statement-breakpoint
drop trigger mining_harvests_ships_exist on mining_harvests;
--> statement-breakpoint
create trigger events_players_exist after insert on events referencing new table as written
  for each statement when (current_setting('sectorkeep.rows_held', true) is distinct from 'on')
  execute function check_players_exist();
--> statement-breakpoint
create trigger requests_players_exist after insert on requests referencing new table as written
  for each statement when (current_setting('sectorkeep.rows_held', true) is distinct from 'on')
  execute function check_players_exist();
--> statement-breakpoint
create trigger mining_harvests_players_exist after insert on mining_harvests referencing new table as written
  for each statement when (current_setting('sectorkeep.rows_held', true) is distinct from 'on')
  execute function check_players_exist();
--> statement-breakpoint
create trigger mining_harvests_ships_exist after insert on mining_harvests referencing new table as written
  for each statement when (current_setting('sectorkeep.rows_held', true) is distinct from 'on')
  execute function check_ships_exist();
