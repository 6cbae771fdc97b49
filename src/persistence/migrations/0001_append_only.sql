-- What happened is written once. A row of these tables goes only with the player or ship it belongs to, and changes
-- only where its place is taken away (region_id, sector_id set to null): both come from a foreign key, which works
-- inside a trigger, so that this one finds itself at depth 2. A statement of anybody's own finds it at depth 1.
create function reject_rewriting_history() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' and pg_trigger_depth() > 1 then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger mining_harvests_append_only before update or delete on mining_harvests
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger mining_harvests_no_truncate before truncate on mining_harvests
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
create trigger combat_logs_append_only before update or delete on combat_logs
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger combat_logs_no_truncate before truncate on combat_logs
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
create trigger movements_append_only before update or delete on movements
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger movements_no_truncate before truncate on movements
  for each statement execute function reject_rewriting_history();
