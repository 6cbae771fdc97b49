CREATE TABLE "anomaly_clues" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"sector_id" integer NOT NULL,
	"anomaly" varchar(32) NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "anomaly_clues_anomaly" CHECK ("anomaly" in ('magnetic_void', 'crystal_lattice', 'old_signal', 'cold_trace', 'hollow_body'))
);
--> statement-breakpoint
CREATE TABLE "daily_claims" (
	"user_id" uuid NOT NULL,
	"template" varchar(16) NOT NULL,
	"day" date NOT NULL,
	"surface" varchar(32) NOT NULL,
	"claimed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "daily_claims_user_id_template_day_pk" PRIMARY KEY("user_id","template","day"),
	CONSTRAINT "daily_claims_template" CHECK ("template" in ('survey', 'extraction', 'prospect')),
	CONSTRAINT "daily_claims_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "expedition_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"player_id" uuid NOT NULL,
	"mission_id" varchar(32) NOT NULL,
	"surface" varchar(32) NOT NULL,
	"app_version" varchar(32),
	"entry_point" varchar(64) NOT NULL,
	"sector_id" integer NOT NULL,
	"richness_tier" integer NOT NULL,
	"loadout" jsonb NOT NULL,
	"seed" bigint NOT NULL,
	"status" varchar(16) NOT NULL,
	"token_jti" uuid NOT NULL,
	"objectives" jsonb,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"metrics" jsonb,
	"objective_score" integer,
	"elapsed_sec" integer,
	"reject_reason" varchar(32),
	"roll_quality" bigint,
	"roll_clue" bigint,
	"roll_anomaly" bigint,
	"ore_quality" integer,
	"ore_grade" varchar(16),
	"narrative" text,
	"am_rep_delta" integer,
	"written_seq" bigint,
	CONSTRAINT "expedition_runs_token_jti_unique" UNIQUE("token_jti"),
	CONSTRAINT "expedition_runs_status" CHECK ("status" in ('created', 'started', 'completed', 'rejected', 'expired', 'cancelled')),
	CONSTRAINT "expedition_runs_mission" CHECK ("mission_id" in ('belt_survey', 'core_extraction', 'anomaly_prospect')),
	CONSTRAINT "expedition_runs_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "expedition_runs_ended" CHECK ((status in ('created', 'started')) = (ended_at is null)),
	CONSTRAINT "expedition_runs_started" CHECK ((started_at is null) = (objectives is null)),
	CONSTRAINT "expedition_runs_completed" CHECK (case when status = 'completed'
        then num_nulls(started_at, metrics, objective_score, elapsed_sec, roll_quality, roll_clue, roll_anomaly,
            ore_quality, ore_grade, narrative, am_rep_delta, written_seq) = 0
        else num_nonnulls(roll_quality, roll_clue, roll_anomaly, ore_quality, ore_grade, narrative, am_rep_delta,
            written_seq) = 0 end),
	CONSTRAINT "expedition_runs_rejected" CHECK ((status = 'rejected') = (reject_reason is not null))
);
--> statement-breakpoint
CREATE TABLE "referral_codes" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"code" varchar(16) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "referral_codes_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "referrals" (
	"referee_id" uuid PRIMARY KEY NOT NULL,
	"referrer_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"applied_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "referrals_not_oneself" CHECK (referee_id <> referrer_id),
	CONSTRAINT "referrals_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "research_unlocks" (
	"user_id" uuid NOT NULL,
	"subject" varchar(32) NOT NULL,
	"unlocked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "research_unlocks_user_id_subject_pk" PRIMARY KEY("user_id","subject"),
	CONSTRAINT "research_unlocks_subject" CHECK ("subject" in ('heavy_drill', 'precision_drill', 'deep_scanner'))
);
--> statement-breakpoint
CREATE TABLE "run_token_keys" (
	"kid" varchar(32) PRIMARY KEY NOT NULL,
	"secret" varchar(64) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"signs_until" timestamp (3) with time zone NOT NULL,
	"verifies_until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_token_keys_secret" CHECK (secret ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "run_token_keys_overlap" CHECK (created_at < signs_until and signs_until < verifies_until)
);
--> statement-breakpoint
ALTER TABLE "anomaly_clues" ADD CONSTRAINT "anomaly_clues_run_id_expedition_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."expedition_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anomaly_clues" ADD CONSTRAINT "anomaly_clues_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "daily_claims" ADD CONSTRAINT "daily_claims_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expedition_runs" ADD CONSTRAINT "expedition_runs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expedition_runs" ADD CONSTRAINT "expedition_runs_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referral_codes" ADD CONSTRAINT "referral_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referrals" ADD CONSTRAINT "referrals_referee_id_users_id_fk" FOREIGN KEY ("referee_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referrals" ADD CONSTRAINT "referrals_referrer_id_users_id_fk" FOREIGN KEY ("referrer_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "research_unlocks" ADD CONSTRAINT "research_unlocks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "anomaly_clues_user" ON "anomaly_clues" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "expedition_runs_open" ON "expedition_runs" USING btree ("user_id","mission_id") WHERE status in ('created', 'started');--> statement-breakpoint
CREATE INDEX "expedition_runs_user" ON "expedition_runs" USING btree ("user_id","issued_at");--> statement-breakpoint
CREATE INDEX "expedition_runs_player" ON "expedition_runs" USING btree ("player_id");--> statement-breakpoint
CREATE INDEX "expedition_runs_due" ON "expedition_runs" USING btree ("expires_at") WHERE status in ('created', 'started');--> statement-breakpoint
CREATE INDEX "expedition_runs_issued" ON "expedition_runs" USING btree ("issued_at");--> statement-breakpoint
CREATE INDEX "referrals_referrer" ON "referrals" USING btree ("referrer_id","applied_at");--> statement-breakpoint
-- by hand
-- A run that has ended stays as it ended.
create function reject_rewriting_run() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' and pg_trigger_depth() > 1 then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' then
    if old.ended_at is null then
      return new;
    end if;
  end if;
  raise exception '% keeps what has ended: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger expedition_runs_append_only before update or delete on expedition_runs
  for each row execute function reject_rewriting_run();
--> statement-breakpoint
create trigger expedition_runs_no_truncate before truncate on expedition_runs
  for each statement execute function reject_rewriting_run();
--> statement-breakpoint
create trigger daily_claims_append_only before update or delete on daily_claims
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger referrals_append_only before update or delete on referrals
  for each row execute function reject_rewriting_history();
