-- What operators did is a record: nobody rewrites it, an operator least of all.
create trigger admin_actions_append_only before update or delete on admin_actions
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger admin_actions_no_truncate before truncate on admin_actions
  for each statement execute function reject_rewriting_history();
