CREATE TABLE "reward_ledger" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "reward_ledger_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"run_id" varchar(100) NOT NULL,
	"reward_type" varchar(32) NOT NULL,
	"requested_value" integer NOT NULL,
	"reward_value" integer NOT NULL,
	"cap_reason" varchar(32),
	"source" varchar(16) NOT NULL,
	"meta" jsonb NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	"reward_key" text GENERATED ALWAYS AS (user_id::text || ':' || surface || ':' || run_id || ':' || reward_type) STORED NOT NULL,
	CONSTRAINT "reward_ledger_key" UNIQUE("reward_key"),
	CONSTRAINT "reward_ledger_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "reward_ledger_type" CHECK ("reward_type" in ('ore_units', 'stardust_bonus', 'expedition_reputation', 'cosmetic_unlock', 'stardust_multiplier', 'incident_badge', 'anomaly_access', 'efficiency_boost')),
	CONSTRAINT "reward_ledger_source" CHECK ("source" in ('run', 'daily_claim', 'referral', 'contract', 'incident')),
	CONSTRAINT "reward_ledger_run_id" CHECK (run_id <> '' and run_id not like '%:%'),
	CONSTRAINT "reward_ledger_value" CHECK (reward_value between 0 and requested_value),
	CONSTRAINT "reward_ledger_cap" CHECK ((cap_reason is null) = (reward_value = requested_value))
);
--> statement-breakpoint
CREATE TABLE "reward_spendings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"reward_type" varchar(32) NOT NULL,
	"amount" integer NOT NULL,
	"purpose" varchar(16) NOT NULL,
	"reference" varchar(64) NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reward_spendings_once" UNIQUE("user_id","purpose","reference"),
	CONSTRAINT "reward_spendings_type" CHECK ("reward_type" in ('ore_units', 'stardust_bonus', 'expedition_reputation', 'cosmetic_unlock', 'stardust_multiplier', 'incident_badge', 'anomaly_access', 'efficiency_boost')),
	CONSTRAINT "reward_spendings_purpose" CHECK ("purpose" in ('deliver_ore', 'research')),
	CONSTRAINT "reward_spendings_amount" CHECK (amount > 0)
);
--> statement-breakpoint
CREATE TABLE "reward_tallies" (
	"user_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"day" date NOT NULL,
	"duplicates" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "reward_tallies_user_id_surface_day_pk" PRIMARY KEY("user_id","surface","day"),
	CONSTRAINT "reward_tallies_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "reward_tallies_counts" CHECK (duplicates >= 0 and failures >= 0)
);
--> statement-breakpoint
CREATE TABLE "user_balances" (
	"user_id" uuid NOT NULL,
	"reward_type" varchar(32) NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "user_balances_user_id_reward_type_pk" PRIMARY KEY("user_id","reward_type"),
	CONSTRAINT "user_balances_type" CHECK ("reward_type" in ('ore_units', 'stardust_bonus', 'expedition_reputation', 'cosmetic_unlock', 'stardust_multiplier', 'incident_badge', 'anomaly_access', 'efficiency_boost')),
	CONSTRAINT "user_balances_amount" CHECK (amount >= 0)
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"day" date NOT NULL,
	"app_surface" varchar(32) NOT NULL,
	"app_version" varchar(32),
	"mission_id" varchar(64),
	"started_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sessions_surface" CHECK ("app_surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "sessions_day_of_start" CHECK (day = (started_at at time zone 'UTC')::date)
);
--> statement-breakpoint
ALTER TABLE "reward_ledger" ADD CONSTRAINT "reward_ledger_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_spendings" ADD CONSTRAINT "reward_spendings_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_tallies" ADD CONSTRAINT "reward_tallies_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_balances" ADD CONSTRAINT "user_balances_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reward_ledger_user" ON "reward_ledger" USING btree ("user_id","seq");--> statement-breakpoint
CREATE INDEX "reward_ledger_granted" ON "reward_ledger" USING btree ("granted_at");--> statement-breakpoint
CREATE INDEX "reward_spendings_user" ON "reward_spendings" USING btree ("user_id","reward_type");--> statement-breakpoint
CREATE INDEX "reward_tallies_day" ON "reward_tallies" USING btree ("day");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id","started_at");--> statement-breakpoint
CREATE INDEX "sessions_day" ON "sessions" USING btree ("day","app_surface");--> statement-breakpoint
-- by hand
create trigger reward_ledger_append_only before update or delete on reward_ledger
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger reward_ledger_no_truncate before truncate on reward_ledger
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
create trigger reward_spendings_append_only before update or delete on reward_spendings
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger reward_spendings_no_truncate before truncate on reward_spendings
  for each statement execute function reject_rewriting_history();
