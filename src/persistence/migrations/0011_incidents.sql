CREATE TABLE "incident_boons" (
	"incident_id" uuid NOT NULL,
	"player_id" uuid NOT NULL,
	"kind" varchar(16) NOT NULL,
	"sector_id" integer,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "incident_boons_incident_id_player_id_kind_pk" PRIMARY KEY("incident_id","player_id","kind"),
	CONSTRAINT "incident_boons_kind" CHECK ("kind" in ('boost', 'anomaly')),
	CONSTRAINT "incident_boons_sector" CHECK ((kind = 'anomaly') = (sector_id is not null))
);
--> statement-breakpoint
CREATE TABLE "incident_reactions" (
	"incident_id" uuid NOT NULL,
	"player_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"seed" bigint NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "incident_reactions_incident_id_player_id_pk" PRIMARY KEY("incident_id","player_id"),
	CONSTRAINT "incident_reactions_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "incident_responses" (
	"incident_id" uuid NOT NULL,
	"player_id" uuid NOT NULL,
	"mode" varchar(16) NOT NULL,
	"surface" varchar(32) NOT NULL,
	"score" integer NOT NULL,
	"answer" jsonb NOT NULL,
	"run_id" uuid,
	"elapsed_ms" integer,
	"responded_at" timestamp (3) with time zone NOT NULL,
	"rewarded_at" timestamp (3) with time zone,
	CONSTRAINT "incident_responses_incident_id_player_id_mode_pk" PRIMARY KEY("incident_id","player_id","mode"),
	CONSTRAINT "incident_responses_mode" CHECK ("mode" in ('classify', 'reaction')),
	CONSTRAINT "incident_responses_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "incident_responses_score" CHECK (score between 0 and 100),
	CONSTRAINT "incident_responses_run" CHECK ((mode = 'reaction') = (num_nulls(run_id, elapsed_ms) = 0))
);
--> statement-breakpoint
CREATE TABLE "sector_incidents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sector_id" integer NOT NULL,
	"type" varchar(16) NOT NULL,
	"severity" integer NOT NULL,
	"status" varchar(20) NOT NULL,
	"threshold" integer NOT NULL,
	"score" integer DEFAULT 0 NOT NULL,
	"seed" bigint NOT NULL,
	"readings" jsonb NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "sector_incidents_type" CHECK ("type" in ('storm', 'flare', 'debris_field')),
	CONSTRAINT "sector_incidents_severity" CHECK (severity between 1 and 3),
	CONSTRAINT "sector_incidents_status" CHECK ("status" in ('detected', 'responding', 'resolved_success', 'resolved_partial', 'resolved_failure', 'expired')),
	CONSTRAINT "sector_incidents_score" CHECK (score >= 0 and threshold > 0),
	CONSTRAINT "sector_incidents_resolved_at" CHECK ((status in ('detected', 'responding')) = (resolved_at is null))
);
--> statement-breakpoint
CREATE TABLE "sector_states" (
	"incident_id" uuid PRIMARY KEY NOT NULL,
	"sector_id" integer NOT NULL,
	"state_type" varchar(16) NOT NULL,
	"severity" integer NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"evacuated_until" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "sector_states_type" CHECK ("state_type" in ('storm', 'flare', 'debris_field')),
	CONSTRAINT "sector_states_severity" CHECK (severity between 1 and 3),
	CONSTRAINT "sector_states_times" CHECK (ends_at >= starts_at and (evacuated_until is null or evacuated_until > starts_at))
);
--> statement-breakpoint
CREATE TABLE "survey_answers" (
	"user_id" uuid NOT NULL,
	"survey" varchar(64) NOT NULL,
	"week" date NOT NULL,
	"arm" varchar(1) NOT NULL,
	"choice" varchar(32) NOT NULL,
	"answered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "survey_answers_user_id_survey_week_pk" PRIMARY KEY("user_id","survey","week"),
	CONSTRAINT "survey_answers_arm" CHECK ("arm" in ('a', 'b'))
);
--> statement-breakpoint
ALTER TABLE "admin_actions" DROP CONSTRAINT "admin_actions_kind";--> statement-breakpoint
ALTER TABLE "incident_boons" ADD CONSTRAINT "incident_boons_incident_id_sector_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."sector_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_boons" ADD CONSTRAINT "incident_boons_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_boons" ADD CONSTRAINT "incident_boons_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_reactions" ADD CONSTRAINT "incident_reactions_incident_id_sector_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."sector_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_reactions" ADD CONSTRAINT "incident_reactions_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_responses" ADD CONSTRAINT "incident_responses_incident_id_sector_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."sector_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_responses" ADD CONSTRAINT "incident_responses_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_incidents" ADD CONSTRAINT "sector_incidents_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_states" ADD CONSTRAINT "sector_states_incident_id_sector_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."sector_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_states" ADD CONSTRAINT "sector_states_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey_answers" ADD CONSTRAINT "survey_answers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "incident_boons_player" ON "incident_boons" USING btree ("player_id","ends_at");--> statement-breakpoint
CREATE INDEX "incident_responses_unrewarded" ON "incident_responses" USING btree ("incident_id") WHERE rewarded_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "sector_incidents_open" ON "sector_incidents" USING btree ("sector_id") WHERE status in ('detected', 'responding');--> statement-breakpoint
CREATE INDEX "sector_incidents_sector" ON "sector_incidents" USING btree ("sector_id","opens_at");--> statement-breakpoint
CREATE INDEX "sector_incidents_resolved" ON "sector_incidents" USING btree ("resolved_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sector_states_active" ON "sector_states" USING btree ("sector_id","state_type") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "sector_states_sector" ON "sector_states" USING btree ("sector_id","ends_at");--> statement-breakpoint
CREATE INDEX "sector_states_ends_at" ON "sector_states" USING btree ("ends_at") WHERE ended_at is null;--> statement-breakpoint
ALTER TABLE "admin_actions" ADD CONSTRAINT "admin_actions_kind" CHECK ("kind" in ('ban', 'unban', 'kick', 'broadcast', 'drain', 'incident'));