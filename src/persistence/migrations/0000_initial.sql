CREATE TABLE "events" (
	"player_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"type" varchar(64) NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "events_player_id_seq_pk" PRIMARY KEY("player_id","seq"),
	CONSTRAINT "events_seq" CHECK (seq >= 1)
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"player_id" uuid NOT NULL,
	"request_id" varchar(64) NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "requests_player_id_request_id_pk" PRIMARY KEY("player_id","request_id")
);
--> statement-breakpoint
CREATE TABLE "sector_leases" (
	"sector_id" integer PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL,
	CONSTRAINT "sector_leases_epoch" CHECK (epoch >= 1)
);
--> statement-breakpoint
CREATE TABLE "combat_logs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"attacker_id" uuid NOT NULL,
	"defender_id" uuid NOT NULL,
	"attacker_ship_id" uuid NOT NULL,
	"defender_ship_id" uuid NOT NULL,
	"sector_id" integer,
	"region_id_snapshot" uuid NOT NULL,
	"result" varchar(24) NOT NULL,
	"destroyed_ship_id" uuid,
	"rounds" integer NOT NULL,
	"turns_spent" integer NOT NULL,
	"damage_to_attacker" integer NOT NULL,
	"damage_to_defender" integer NOT NULL,
	"attacker_drones_lost" integer NOT NULL,
	"defender_drones_lost" integer NOT NULL,
	"loot" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"log" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "combat_logs_result" CHECK ("result" in ('attacker_victory', 'defender_victory', 'draw', 'attacker_fled', 'defender_fled')),
	CONSTRAINT "combat_logs_sides" CHECK (attacker_id <> defender_id),
	CONSTRAINT "combat_logs_numbers" CHECK (rounds between 0 and 10 and turns_spent >= 0)
);
--> statement-breakpoint
CREATE TABLE "factions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" varchar(50) NOT NULL,
	"name" varchar(100) NOT NULL,
	"faction_type" varchar(16) NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"territory_sectors" integer[] DEFAULT '{}'::integer[] NOT NULL,
	"home_sector_id" integer,
	"base_pricing_modifier_bps" integer DEFAULT 10000 NOT NULL,
	"trade_specialties" text[] DEFAULT '{}'::text[] NOT NULL,
	"aggression_level" integer DEFAULT 5 NOT NULL,
	"diplomacy_stance" varchar(50) DEFAULT 'neutral' NOT NULL,
	"base_patrol_intensity_bps" integer DEFAULT 10000 NOT NULL,
	"color_primary" varchar(7),
	"color_secondary" varchar(7),
	"logo_url" varchar(255),
	CONSTRAINT "factions_code_unique" UNIQUE("code"),
	CONSTRAINT "factions_name_unique" UNIQUE("name"),
	CONSTRAINT "factions_faction_type" CHECK ("faction_type" in ('FEDERATION', 'MERCHANTS', 'INDEPENDENTS', 'MINING', 'EXPLORERS', 'OUTLAWS', 'SYNDICATE', 'PIRATES', 'CABAL')),
	CONSTRAINT "factions_aggression_level" CHECK (aggression_level between 1 and 10),
	CONSTRAINT "factions_diplomacy_stance" CHECK ("diplomacy_stance" in ('hostile', 'neutral', 'friendly')),
	CONSTRAINT "factions_base_pricing_modifier" CHECK (base_pricing_modifier_bps > 0)
);
--> statement-breakpoint
CREATE TABLE "asteroid_fields" (
	"sector_id" integer PRIMARY KEY NOT NULL,
	"richness_tier" integer NOT NULL,
	"pool_size" integer NOT NULL,
	"pool_remaining" integer NOT NULL,
	"last_depleting_harvest_at" timestamp (3) with time zone,
	"replenish_due_at" timestamp (3) with time zone,
	"has_deep_asteroids" boolean DEFAULT false NOT NULL,
	"cooldown_hours" integer,
	CONSTRAINT "asteroid_fields_richness_tier" CHECK (richness_tier between 1 and 5),
	CONSTRAINT "asteroid_fields_pool_size" CHECK (pool_size = richness_tier * 100),
	CONSTRAINT "asteroid_fields_pool_remaining" CHECK (pool_remaining between 0 and pool_size),
	CONSTRAINT "asteroid_fields_cooldown_hours" CHECK (cooldown_hours > 0),
	CONSTRAINT "asteroid_fields_replenish" CHECK ((pool_remaining = pool_size) = (replenish_due_at is null)
        and (replenish_due_at is null or last_depleting_harvest_at is not null))
);
--> statement-breakpoint
CREATE TABLE "mining_harvests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"player_id" uuid NOT NULL,
	"ship_id" uuid NOT NULL,
	"sector_id" integer NOT NULL,
	"region_id" uuid,
	"status" varchar(16) NOT NULL,
	"terminal_reason" varchar(64),
	"turns_spent" integer NOT NULL,
	"refund_turns" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"resolves_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone NOT NULL,
	"laser_level" integer NOT NULL,
	"richness_tier" integer NOT NULL,
	"am_claimed" boolean NOT NULL,
	"has_license" boolean DEFAULT false NOT NULL,
	"yield_bonus_bps" integer DEFAULT 10000 NOT NULL,
	"has_deep_asteroids" boolean NOT NULL,
	"pool_before" integer NOT NULL,
	"pool_drawn" integer DEFAULT 0 NOT NULL,
	"cargo_free_before" integer NOT NULL,
	"roll_ore" bigint,
	"roll_precious_chance" bigint,
	"roll_precious_quantity" bigint,
	"roll_shard_chance" bigint,
	"ore_rolled" integer,
	"ore_yield" integer,
	"precious_metals_yield" integer,
	"quantum_shards_yield" integer,
	"floored" boolean,
	"am_rep_delta" integer,
	"depletion_state_before" varchar(16),
	"depletion_state_after" varchar(16),
	CONSTRAINT "mining_harvests_status" CHECK ("status" in ('COMPLETED', 'INTERRUPTED', 'CANCELLED')),
	CONSTRAINT "mining_harvests_turns" CHECK ((status = 'COMPLETED' and turns_spent = 5 and refund_turns = 0)
        or (status <> 'COMPLETED' and turns_spent + refund_turns = 5 and refund_turns in (2, 5))),
	CONSTRAINT "mining_harvests_reason" CHECK ((status = 'COMPLETED') = (terminal_reason is null)),
	CONSTRAINT "mining_harvests_yield" CHECK (case when status = 'COMPLETED'
        then num_nulls(roll_ore, ore_rolled, ore_yield, precious_metals_yield, quantum_shards_yield, floored,
            am_rep_delta, depletion_state_before, depletion_state_after) = 0
          and ore_rolled >= 1 and ore_yield between 0 and ore_rolled and pool_drawn between 0 and ore_rolled
          and precious_metals_yield between 0 and 3 and quantum_shards_yield between 0 and 1
        else ore_yield is null and pool_drawn = 0 end)
);
--> statement-breakpoint
CREATE TABLE "movements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"player_id" uuid NOT NULL,
	"ship_id" uuid NOT NULL,
	"kind" varchar(16) NOT NULL,
	"from_sector_id" integer NOT NULL,
	"to_sector_id" integer NOT NULL,
	"station_id" uuid,
	"turns_spent" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "movements_kind" CHECK ("kind" in ('warp', 'dock', 'undock', 'claim_hull')),
	CONSTRAINT "movements_turns" CHECK (turns_spent >= 0)
);
--> statement-breakpoint
CREATE TABLE "players" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"nickname" varchar(50),
	"credits" integer NOT NULL,
	"turns" integer DEFAULT 1000 NOT NULL,
	"max_turns" integer DEFAULT 1000 NOT NULL,
	"starting_turns" integer DEFAULT 1000 NOT NULL,
	"lifetime_turns_regenerated" integer DEFAULT 0 NOT NULL,
	"lifetime_turns_spent" integer DEFAULT 0 NOT NULL,
	"last_turn_regeneration" timestamp (3) with time zone NOT NULL,
	"turn_reset_at" timestamp (3) with time zone,
	"aria_bonus_bps" integer DEFAULT 10000 NOT NULL,
	"personal_reputation" integer DEFAULT 0 NOT NULL,
	"reputation_tier" varchar(32) DEFAULT 'Neutral' NOT NULL,
	"name_color" varchar(7) DEFAULT '#FFFFFF' NOT NULL,
	"military_rank" varchar(32) DEFAULT 'Recruit' NOT NULL,
	"rank_points" integer DEFAULT 0 NOT NULL,
	"current_ship_id" uuid,
	"home_sector_id" integer,
	"home_region_id" uuid,
	"is_galactic_citizen" boolean DEFAULT false NOT NULL,
	"team_id" uuid,
	"attack_drones" integer DEFAULT 0 NOT NULL,
	"defense_drones" integer DEFAULT 0 NOT NULL,
	"mines" integer DEFAULT 0 NOT NULL,
	"quantum_shards" integer DEFAULT 0 NOT NULL,
	"quantum_crystals" integer DEFAULT 0 NOT NULL,
	"event_seq" integer DEFAULT 0 NOT NULL,
	"hull_claimed_at" timestamp (3) with time zone,
	"is_suspect" boolean DEFAULT false NOT NULL,
	"suspect_until" timestamp (3) with time zone,
	"suspect_declared_at" timestamp (3) with time zone,
	"is_wanted" boolean DEFAULT false NOT NULL,
	"wanted_until" timestamp (3) with time zone,
	"wanted_declared_at" timestamp (3) with time zone,
	"grey_until" timestamp (3) with time zone,
	"grey_kind" varchar(16),
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "players_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "players_credits" CHECK (credits >= 0),
	CONSTRAINT "players_turns" CHECK (turns between 0 and max_turns),
	CONSTRAINT "players_lifetime_turns" CHECK (lifetime_turns_spent >= 0 and lifetime_turns_regenerated >= 0),
	CONSTRAINT "players_turn_balance" CHECK (turns = starting_turns + lifetime_turns_regenerated - lifetime_turns_spent),
	CONSTRAINT "players_aria_bonus_bps" CHECK (aria_bonus_bps between 10000 and 15000),
	CONSTRAINT "players_personal_reputation" CHECK (personal_reputation between -1000 and 1000),
	CONSTRAINT "players_drones" CHECK (attack_drones >= 0 and defense_drones >= 0 and mines >= 0),
	CONSTRAINT "players_quantum" CHECK (quantum_shards >= 0 and quantum_crystals >= 0)
);
--> statement-breakpoint
CREATE TABLE "reputations" (
	"player_id" uuid NOT NULL,
	"faction_id" uuid NOT NULL,
	"current_value" integer DEFAULT 0 NOT NULL,
	"current_level" varchar(32) DEFAULT 'NEUTRAL' NOT NULL,
	"decay_paused" boolean DEFAULT false NOT NULL,
	"is_locked" boolean DEFAULT false NOT NULL,
	CONSTRAINT "reputations_player_id_faction_id_pk" PRIMARY KEY("player_id","faction_id"),
	CONSTRAINT "reputations_current_value" CHECK (current_value between -800 and 800)
);
--> statement-breakpoint
CREATE TABLE "team_members" (
	"team_id" uuid NOT NULL,
	"player_id" uuid NOT NULL,
	"role" varchar(16) DEFAULT 'MEMBER' NOT NULL,
	CONSTRAINT "team_members_team_id_player_id_pk" PRIMARY KEY("team_id","player_id"),
	CONSTRAINT "team_members_role" CHECK ("role" in ('LEADER', 'OFFICER', 'MEMBER', 'RECRUIT'))
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar(80) NOT NULL,
	"leader_id" uuid,
	"max_members" integer DEFAULT 4 NOT NULL,
	"recruitment" varchar(16) DEFAULT 'INVITE_ONLY' NOT NULL,
	CONSTRAINT "teams_name_unique" UNIQUE("name"),
	CONSTRAINT "teams_max_members" CHECK (max_members >= 1),
	CONSTRAINT "teams_recruitment" CHECK ("recruitment" in ('OPEN', 'INVITE_ONLY', 'CLOSED'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" varchar(50) NOT NULL,
	"email" varchar(255),
	"subscription_tier" varchar(32),
	"subscription_status" varchar(32),
	"paypal_subscription_id" varchar(64),
	"payment_failure_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "users_subscription_tier" CHECK ("subscription_tier" in ('galactic_citizen', 'region_owner')),
	CONSTRAINT "users_payment_failure_count" CHECK (payment_failure_count >= 0)
);
--> statement-breakpoint
CREATE TABLE "ship_cargo" (
	"ship_id" uuid NOT NULL,
	"commodity" varchar(32) NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "ship_cargo_ship_id_commodity_pk" PRIMARY KEY("ship_id","commodity"),
	CONSTRAINT "ship_cargo_commodity" CHECK ("commodity" in ('ore', 'organics', 'equipment', 'fuel', 'gourmet_food', 'luxury_goods', 'exotic_technology', 'colonists', 'precious_metals', 'quantum_shards', 'special_goods')),
	CONSTRAINT "ship_cargo_quantity" CHECK (quantity >= 0)
);
--> statement-breakpoint
CREATE TABLE "ships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid,
	"is_npc" boolean DEFAULT false NOT NULL,
	"type" varchar(32) NOT NULL,
	"name" varchar(100) NOT NULL,
	"sector_id" integer NOT NULL,
	"status" varchar(16) DEFAULT 'IN_SPACE' NOT NULL,
	"docked_station_id" uuid,
	"hull" integer NOT NULL,
	"hull_max" integer NOT NULL,
	"shield" integer NOT NULL,
	"shield_max" integer NOT NULL,
	"shield_anchor_at" timestamp (3) with time zone NOT NULL,
	"cargo_capacity" integer NOT NULL,
	"equipment_slots" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"purchase_value" integer DEFAULT 0 NOT NULL,
	"registered_owner_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"destroyed_at" timestamp (3) with time zone,
	CONSTRAINT "ships_type" CHECK ("type" in ('ESCAPE_POD', 'LIGHT_FREIGHTER', 'CARGO_HAULER', 'FAST_COURIER', 'CITIZEN_CLIPPER', 'SCOUT_SHIP', 'COLONY_SHIP', 'DEFENDER', 'CARRIER', 'WARP_JUMPER', 'NPC_MARSHAL_INTERDICTOR', 'NPC_SENTINEL_INTERDICTOR')),
	CONSTRAINT "ships_status" CHECK ("status" in ('IN_SPACE', 'DOCKED', 'DESTROYED', 'MAINTENANCE', 'HARMONIZING')),
	CONSTRAINT "ships_docked" CHECK ((status = 'DOCKED') = (docked_station_id is not null)),
	CONSTRAINT "ships_destroyed" CHECK ((status = 'DESTROYED') = (destroyed_at is not null)),
	CONSTRAINT "ships_hull" CHECK (hull between 0 and hull_max and (status = 'DESTROYED' or hull > 0)),
	CONSTRAINT "ships_shield" CHECK (shield between 0 and shield_max),
	CONSTRAINT "ships_cargo_capacity" CHECK (cargo_capacity >= 0)
);
--> statement-breakpoint
CREATE TABLE "clusters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region_id" uuid NOT NULL,
	"name" varchar(255) NOT NULL,
	"cluster_type" varchar(32) NOT NULL,
	CONSTRAINT "clusters_region_name" UNIQUE("region_id","name"),
	CONSTRAINT "clusters_cluster_type" CHECK ("cluster_type" in ('STANDARD', 'RESOURCE_RICH', 'POPULATION_CENTER', 'TRADE_HUB', 'MILITARY_ZONE', 'FRONTIER_OUTPOST', 'CONTESTED', 'SPECIAL_INTEREST'))
);
--> statement-breakpoint
CREATE TABLE "galaxies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar(255) NOT NULL,
	"seed" bigint,
	"default_turns_per_day" integer DEFAULT 1000 NOT NULL,
	"start_region_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "galaxies_name_unique" UNIQUE("name"),
	CONSTRAINT "galaxies_turns_per_day" CHECK (default_turns_per_day > 0)
);
--> statement-breakpoint
CREATE TABLE "regions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"galaxy_id" uuid NOT NULL,
	"name" varchar(255) NOT NULL,
	"region_type" varchar(32) NOT NULL,
	"owner_id" uuid,
	"status" varchar(32) DEFAULT 'active' NOT NULL,
	"pvp_rules" varchar(16) DEFAULT 'open' NOT NULL,
	"governance_type" varchar(16) DEFAULT 'autocracy' NOT NULL,
	"voting_threshold" numeric(3, 2) DEFAULT '0.51' NOT NULL,
	"governance_quorum_pct" numeric(3, 2) DEFAULT '0.33' NOT NULL,
	"election_frequency_days" integer DEFAULT 90 NOT NULL,
	"tax_rate" numeric(5, 4) DEFAULT '0.10' NOT NULL,
	"trade_bonuses" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"starting_credits" integer DEFAULT 1000 NOT NULL,
	"starting_ship" varchar(32) DEFAULT 'SCOUT_SHIP' NOT NULL,
	"starting_equipment" text[] DEFAULT '{}'::text[] NOT NULL,
	"capital_sector_id" integer,
	"governor_id" uuid,
	"ambassador_id" uuid,
	"treasury_balance" integer DEFAULT 0 NOT NULL,
	"active_players_30d" integer DEFAULT 0 NOT NULL,
	"total_trade_volume" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "regions_name_unique" UNIQUE("name"),
	CONSTRAINT "regions_region_type" CHECK ("region_type" in ('central_nexus', 'terran_space', 'player_owned')),
	CONSTRAINT "regions_status" CHECK ("status" in ('active', 'suspended', 'terminated', 'pending', 'grace', 'generation_corrupt', 'attachment_pending')),
	CONSTRAINT "regions_pvp_rules" CHECK ("pvp_rules" in ('open', 'flagged_only', 'forbidden')),
	CONSTRAINT "regions_governance_type" CHECK ("governance_type" in ('autocracy', 'democracy', 'council')),
	CONSTRAINT "regions_voting_threshold" CHECK (voting_threshold between 0.1 and 0.9),
	CONSTRAINT "regions_governance_quorum_pct" CHECK (governance_quorum_pct between 0.25 and 0.60),
	CONSTRAINT "regions_election_frequency_days" CHECK (election_frequency_days between 30 and 365),
	CONSTRAINT "regions_tax_rate" CHECK (tax_rate between 0.05 and 0.25),
	CONSTRAINT "regions_starting_credits" CHECK (starting_credits >= 100),
	CONSTRAINT "regions_treasury_balance" CHECK (treasury_balance >= 0)
);
--> statement-breakpoint
CREATE TABLE "sector_warps" (
	"source_sector_id" integer NOT NULL,
	"destination_sector_id" integer NOT NULL,
	"is_bidirectional" boolean DEFAULT true NOT NULL,
	"is_latent" boolean DEFAULT false NOT NULL,
	"turn_cost" integer DEFAULT 1 NOT NULL,
	"warp_stability_bps" integer DEFAULT 10000 NOT NULL,
	CONSTRAINT "sector_warps_source_sector_id_destination_sector_id_pk" PRIMARY KEY("source_sector_id","destination_sector_id"),
	CONSTRAINT "sector_warps_ends" CHECK (source_sector_id <> destination_sector_id),
	CONSTRAINT "sector_warps_turn_cost" CHECK (turn_cost >= 0),
	CONSTRAINT "sector_warps_stability" CHECK (warp_stability_bps between 0 and 10000)
);
--> statement-breakpoint
CREATE TABLE "sectors" (
	"sector_id" integer PRIMARY KEY NOT NULL,
	"region_id" uuid NOT NULL,
	"sector_number" integer NOT NULL,
	"zone_id" uuid NOT NULL,
	"cluster_id" uuid NOT NULL,
	"name" varchar(100) NOT NULL,
	"type" varchar(32) DEFAULT 'STANDARD' NOT NULL,
	"x" integer NOT NULL,
	"y" integer NOT NULL,
	"z" integer NOT NULL,
	"security_level" integer DEFAULT 5 NOT NULL,
	"hazard_level" integer DEFAULT 0 NOT NULL,
	"resource_regeneration" numeric(5, 4),
	"resources" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"controlling_faction" varchar(50),
	"controlling_team_id" uuid,
	"last_combat_at" timestamp (3) with time zone,
	CONSTRAINT "sectors_region_number" UNIQUE("region_id","sector_number"),
	CONSTRAINT "sectors_type" CHECK ("type" in ('STANDARD', 'NEBULA', 'ASTEROID_FIELD', 'BLACK_HOLE', 'STAR_CLUSTER', 'VOID', 'INDUSTRIAL', 'AGRICULTURAL', 'FORBIDDEN', 'WORMHOLE', 'ANOMALY', 'RADIATION_ZONE', 'WARP_STORM')),
	CONSTRAINT "sectors_numbers" CHECK (sector_id >= 1 and sector_number >= 1),
	CONSTRAINT "sectors_security_level" CHECK (security_level between 1 and 10),
	CONSTRAINT "sectors_hazard_level" CHECK (hazard_level between 0 and 10),
	CONSTRAINT "sectors_resource_regeneration" CHECK (resource_regeneration between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "stations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar(100) NOT NULL,
	"sector_id" integer NOT NULL,
	"region_id" uuid NOT NULL,
	"station_class" integer NOT NULL,
	"faction_affiliation" varchar(50),
	"owner_id" uuid,
	"services" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"commodities" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"security" varchar(16) DEFAULT 'basic' NOT NULL,
	CONSTRAINT "stations_station_class" CHECK (station_class between 0 and 11),
	CONSTRAINT "stations_security" CHECK ("security" in ('none', 'basic', 'standard', 'premium'))
);
--> statement-breakpoint
CREATE TABLE "zones" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region_id" uuid NOT NULL,
	"zone_type" varchar(16) NOT NULL,
	"start_sector" integer NOT NULL,
	"end_sector" integer NOT NULL,
	"policing_level" integer NOT NULL,
	"danger_rating" integer NOT NULL,
	CONSTRAINT "zones_zone_type" CHECK ("zone_type" in ('EXPANSE', 'FEDERATION', 'BORDER', 'FRONTIER')),
	CONSTRAINT "zones_sectors" CHECK (start_sector >= 1 and end_sector >= start_sector),
	CONSTRAINT "zones_policing_level" CHECK (policing_level between 0 and 10),
	CONSTRAINT "zones_danger_rating" CHECK (danger_rating between 0 and 10)
);
--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_leases" ADD CONSTRAINT "sector_leases_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "combat_logs" ADD CONSTRAINT "combat_logs_attacker_id_players_id_fk" FOREIGN KEY ("attacker_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "combat_logs" ADD CONSTRAINT "combat_logs_defender_id_players_id_fk" FOREIGN KEY ("defender_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "combat_logs" ADD CONSTRAINT "combat_logs_attacker_ship_id_ships_id_fk" FOREIGN KEY ("attacker_ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "combat_logs" ADD CONSTRAINT "combat_logs_defender_ship_id_ships_id_fk" FOREIGN KEY ("defender_ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "combat_logs" ADD CONSTRAINT "combat_logs_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asteroid_fields" ADD CONSTRAINT "asteroid_fields_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD CONSTRAINT "mining_harvests_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD CONSTRAINT "mining_harvests_ship_id_ships_id_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD CONSTRAINT "mining_harvests_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "movements" ADD CONSTRAINT "movements_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "movements" ADD CONSTRAINT "movements_ship_id_ships_id_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "players" ADD CONSTRAINT "players_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "players" ADD CONSTRAINT "players_current_ship_id_ships_id_fk" FOREIGN KEY ("current_ship_id") REFERENCES "public"."ships"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "players" ADD CONSTRAINT "players_home_sector_id_sectors_sector_id_fk" FOREIGN KEY ("home_sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "players" ADD CONSTRAINT "players_home_region_id_regions_id_fk" FOREIGN KEY ("home_region_id") REFERENCES "public"."regions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "players" ADD CONSTRAINT "players_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reputations" ADD CONSTRAINT "reputations_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reputations" ADD CONSTRAINT "reputations_faction_id_factions_id_fk" FOREIGN KEY ("faction_id") REFERENCES "public"."factions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_leader_id_players_id_fk" FOREIGN KEY ("leader_id") REFERENCES "public"."players"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ship_cargo" ADD CONSTRAINT "ship_cargo_ship_id_ships_id_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ships" ADD CONSTRAINT "ships_owner_id_players_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ships" ADD CONSTRAINT "ships_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ships" ADD CONSTRAINT "ships_docked_station_id_stations_id_fk" FOREIGN KEY ("docked_station_id") REFERENCES "public"."stations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ships" ADD CONSTRAINT "ships_registered_owner_id_players_id_fk" FOREIGN KEY ("registered_owner_id") REFERENCES "public"."players"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clusters" ADD CONSTRAINT "clusters_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "galaxies" ADD CONSTRAINT "galaxies_start_region_id_regions_id_fk" FOREIGN KEY ("start_region_id") REFERENCES "public"."regions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_galaxy_id_galaxies_id_fk" FOREIGN KEY ("galaxy_id") REFERENCES "public"."galaxies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regions" ADD CONSTRAINT "regions_capital_sector_id_sectors_sector_id_fk" FOREIGN KEY ("capital_sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_warps" ADD CONSTRAINT "sector_warps_source_sector_id_sectors_sector_id_fk" FOREIGN KEY ("source_sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_warps" ADD CONSTRAINT "sector_warps_destination_sector_id_sectors_sector_id_fk" FOREIGN KEY ("destination_sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sectors" ADD CONSTRAINT "sectors_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sectors" ADD CONSTRAINT "sectors_zone_id_zones_id_fk" FOREIGN KEY ("zone_id") REFERENCES "public"."zones"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sectors" ADD CONSTRAINT "sectors_cluster_id_clusters_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."clusters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stations" ADD CONSTRAINT "stations_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stations" ADD CONSTRAINT "stations_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "zones" ADD CONSTRAINT "zones_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_created_at" ON "events" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "requests_created_at" ON "requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "combat_logs_attacker" ON "combat_logs" USING btree ("attacker_id","ended_at");--> statement-breakpoint
CREATE INDEX "combat_logs_defender" ON "combat_logs" USING btree ("defender_id","ended_at");--> statement-breakpoint
CREATE INDEX "combat_logs_sector" ON "combat_logs" USING btree ("sector_id","ended_at");--> statement-breakpoint
CREATE INDEX "mining_harvests_player" ON "mining_harvests" USING btree ("player_id","sector_id","resolved_at");--> statement-breakpoint
CREATE INDEX "mining_harvests_sector" ON "mining_harvests" USING btree ("sector_id","resolved_at");--> statement-breakpoint
CREATE INDEX "movements_player" ON "movements" USING btree ("player_id","at");--> statement-breakpoint
CREATE INDEX "players_team" ON "players" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "reputations_faction_value" ON "reputations" USING btree ("faction_id","current_value","player_id");--> statement-breakpoint
CREATE INDEX "ships_owner" ON "ships" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "ships_sector" ON "ships" USING btree ("sector_id");--> statement-breakpoint
CREATE INDEX "sector_warps_destination" ON "sector_warps" USING btree ("destination_sector_id");--> statement-breakpoint
CREATE INDEX "sectors_cluster" ON "sectors" USING btree ("cluster_id");--> statement-breakpoint
CREATE INDEX "sectors_zone" ON "sectors" USING btree ("zone_id");--> statement-breakpoint
CREATE INDEX "stations_sector" ON "stations" USING btree ("sector_id");