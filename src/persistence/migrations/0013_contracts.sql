CREATE TABLE "classifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"contract_id" uuid NOT NULL,
	"subject_id" varchar(48) NOT NULL,
	"surface" varchar(32) NOT NULL,
	"answer" varchar(16) NOT NULL,
	"is_right" boolean,
	"classified_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "classifications_once" UNIQUE("user_id","subject_id"),
	CONSTRAINT "classifications_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "classifications_answer" CHECK ("answer" in ('transit', 'no_transit', 'storm_front', 'calm', 'flare', 'quiet'))
);
--> statement-breakpoint
CREATE TABLE "contract_contributions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"contract_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"source_type" varchar(16) NOT NULL,
	"source_id" uuid NOT NULL,
	"points" integer NOT NULL,
	"day" date NOT NULL,
	"contributed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "contract_contributions_source" UNIQUE("source_type","source_id"),
	CONSTRAINT "contract_contributions_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot')),
	CONSTRAINT "contract_contributions_source_type" CHECK ("source_type" in ('harvest', 'run', 'classification')),
	CONSTRAINT "contract_contributions_points" CHECK (points > 0),
	CONSTRAINT "contract_contributions_day" CHECK (day = (contributed_at at time zone 'UTC')::date)
);
--> statement-breakpoint
CREATE TABLE "contract_members" (
	"contract_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"joined_total" integer NOT NULL,
	CONSTRAINT "contract_members_contract_id_user_id_pk" PRIMARY KEY("contract_id","user_id"),
	CONSTRAINT "contract_members_joined_total" CHECK (joined_total >= 0)
);
--> statement-breakpoint
CREATE TABLE "contract_tier_grants" (
	"contract_id" uuid NOT NULL,
	"tier" integer NOT NULL,
	"user_id" uuid NOT NULL,
	"surface" varchar(32) NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "contract_tier_grants_contract_id_tier_user_id_pk" PRIMARY KEY("contract_id","tier","user_id"),
	CONSTRAINT "contract_tier_grants_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "contract_tiers" (
	"contract_id" uuid NOT NULL,
	"tier" integer NOT NULL,
	"threshold" integer NOT NULL,
	"cosmetic" varchar(32) NOT NULL,
	"stardust" integer NOT NULL,
	"multiplier_bps" integer,
	"world_event" varchar(16),
	"unlocked_at" timestamp (3) with time zone,
	"unlocked_by" uuid,
	"incident_id" uuid,
	CONSTRAINT "contract_tiers_contract_id_tier_pk" PRIMARY KEY("contract_id","tier"),
	CONSTRAINT "contract_tiers_unlocked_by_unique" UNIQUE("unlocked_by"),
	CONSTRAINT "contract_tiers_tier" CHECK (tier between 1 and 9 and threshold > 0 and stardust >= 0),
	CONSTRAINT "contract_tiers_multiplier" CHECK (multiplier_bps >= 10000),
	CONSTRAINT "contract_tiers_world_event" CHECK ("world_event" in ('storm', 'flare', 'debris_field')),
	CONSTRAINT "contract_tiers_unlocked" CHECK ((unlocked_at is null) = (unlocked_by is null)),
	CONSTRAINT "contract_tiers_incident" CHECK (incident_id is null or (world_event is not null and unlocked_at is not null))
);
--> statement-breakpoint
CREATE TABLE "guild_contracts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"theme" varchar(16) NOT NULL,
	"iso_week" varchar(8) NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "guild_contracts_week" UNIQUE("theme","iso_week"),
	CONSTRAINT "guild_contracts_theme" CHECK ("theme" in ('planet-hunting', 'cloud-tracking', 'solar')),
	CONSTRAINT "guild_contracts_total" CHECK (total >= 0),
	CONSTRAINT "guild_contracts_is_week" CHECK (starts_at at time zone 'UTC' = date_trunc('week', starts_at at time zone 'UTC')
        and ends_at = starts_at + interval '168 hours' and iso_week = to_char(starts_at at time zone 'UTC', 'IYYY"-W"IW'))
);
--> statement-breakpoint
ALTER TABLE "classifications" ADD CONSTRAINT "classifications_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "classifications" ADD CONSTRAINT "classifications_contract_id_guild_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."guild_contracts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_contributions" ADD CONSTRAINT "contract_contributions_member" FOREIGN KEY ("contract_id","user_id") REFERENCES "public"."contract_members"("contract_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_members" ADD CONSTRAINT "contract_members_contract_id_guild_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."guild_contracts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_members" ADD CONSTRAINT "contract_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_tier_grants" ADD CONSTRAINT "contract_tier_grants_tier" FOREIGN KEY ("contract_id","tier") REFERENCES "public"."contract_tiers"("contract_id","tier") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_tier_grants" ADD CONSTRAINT "contract_tier_grants_member" FOREIGN KEY ("contract_id","user_id") REFERENCES "public"."contract_members"("contract_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_tiers" ADD CONSTRAINT "contract_tiers_contract_id_guild_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."guild_contracts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_tiers" ADD CONSTRAINT "contract_tiers_incident_id_sector_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."sector_incidents"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "classifications_contract" ON "classifications" USING btree ("contract_id");--> statement-breakpoint
CREATE INDEX "contract_contributions_user" ON "contract_contributions" USING btree ("contract_id","user_id","day");--> statement-breakpoint
CREATE INDEX "contract_contributions_surface" ON "contract_contributions" USING btree ("contract_id","surface");--> statement-breakpoint
CREATE INDEX "contract_members_user" ON "contract_members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "contract_tier_grants_user" ON "contract_tier_grants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "guild_contracts_ends_at" ON "guild_contracts" USING btree ("ends_at");--> statement-breakpoint
-- by hand
create trigger contract_contributions_append_only before update or delete on contract_contributions
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger contract_contributions_no_truncate before truncate on contract_contributions
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
create trigger contract_tier_grants_append_only before update or delete on contract_tier_grants
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger contract_tier_grants_no_truncate before truncate on contract_tier_grants
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
create trigger classifications_append_only before update or delete on classifications
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger classifications_no_truncate before truncate on classifications
  for each statement execute function reject_rewriting_history();
