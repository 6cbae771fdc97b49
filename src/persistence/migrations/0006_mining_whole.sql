CREATE TABLE "sector_bookmarks" (
	"player_id" uuid NOT NULL,
	"sector_id" integer NOT NULL,
	"depletion_told" varchar(16),
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sector_bookmarks_player_id_sector_id_pk" PRIMARY KEY("player_id","sector_id"),
	CONSTRAINT "sector_bookmarks_depletion" CHECK ("depletion_told" in ('fresh', 'light', 'moderate', 'heavy', 'exhausted'))
);
--> statement-breakpoint
CREATE TABLE "deals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"player_id" uuid NOT NULL,
	"ship_id" uuid NOT NULL,
	"kind" varchar(16) NOT NULL,
	"station_id" uuid NOT NULL,
	"sector_id" integer NOT NULL,
	"credits" integer NOT NULL,
	"am_rep_delta" integer DEFAULT 0 NOT NULL,
	"commodity" varchar(32),
	"quantity" integer,
	"unit_price_cr" integer,
	"bonus_bps" integer,
	"laser_level" integer,
	"license_id" uuid,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "deals_kind" CHECK ("kind" in ('sell', 'install_laser', 'upgrade_laser', 'remove_laser', 'buy_license', 'buy_hull', 'sell_hull', 'board_ship')),
	CONSTRAINT "deals_commodity" CHECK ("commodity" in ('ore', 'organics', 'equipment', 'fuel', 'gourmet_food', 'luxury_goods', 'exotic_technology', 'colonists', 'precious_metals', 'quantum_shards', 'special_goods')),
	CONSTRAINT "deals_laser" CHECK ((kind like '%_laser') = (laser_level is not null)),
	CONSTRAINT "deals_license" CHECK ((kind = 'buy_license') = (license_id is not null)),
	CONSTRAINT "deals_sale" CHECK (case when kind = 'sell'
        then num_nulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 and quantity > 0
          and credits = quantity::bigint * unit_price_cr * bonus_bps / 10000
        else num_nonnulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 end)
);
--> statement-breakpoint
CREATE TABLE "station_surplus" (
	"station_id" uuid NOT NULL,
	"commodity" varchar(32) NOT NULL,
	"units" integer NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "station_surplus_station_id_commodity_pk" PRIMARY KEY("station_id","commodity"),
	CONSTRAINT "station_surplus_commodity" CHECK ("commodity" in ('ore', 'organics', 'equipment', 'fuel', 'gourmet_food', 'luxury_goods', 'exotic_technology', 'colonists', 'precious_metals', 'quantum_shards', 'special_goods')),
	CONSTRAINT "station_surplus_units" CHECK (units >= 0)
);
--> statement-breakpoint
CREATE TABLE "claim_licenses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"player_id" uuid NOT NULL,
	"region_id" uuid,
	"sector_number" integer NOT NULL,
	"faction_code" varchar(50) NOT NULL,
	"purchased_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"cost_paid_cr" integer NOT NULL,
	"is_current" boolean NOT NULL,
	"renewal_of" uuid,
	"issuer_station_id" uuid NOT NULL,
	"expiry_warned_at" timestamp (3) with time zone,
	"expiry_told_at" timestamp (3) with time zone,
	CONSTRAINT "claim_licenses_term" CHECK (expires_at = purchased_at + interval '24 hours'),
	CONSTRAINT "claim_licenses_cost" CHECK (cost_paid_cr > 0),
	CONSTRAINT "claim_licenses_told" CHECK (expiry_told_at is null or expiry_warned_at is not null)
);
--> statement-breakpoint
CREATE TABLE "npc_patrols" (
	"id" uuid PRIMARY KEY NOT NULL,
	"faction_code" varchar(50) NOT NULL,
	"sector_id" integer NOT NULL,
	"target_player_id" uuid NOT NULL,
	"ordered_at" timestamp (3) with time zone NOT NULL,
	"until_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "npc_patrols_times" CHECK (until_at > ordered_at)
);
--> statement-breakpoint
CREATE TABLE "planet_professions" (
	"planet_id" uuid NOT NULL,
	"profession" varchar(32) NOT NULL,
	"active_count" integer DEFAULT 0 NOT NULL,
	"training_count" integer DEFAULT 0 NOT NULL,
	"training_completes_at" timestamp (3) with time zone,
	CONSTRAINT "planet_professions_planet_id_profession_pk" PRIMARY KEY("planet_id","profession"),
	CONSTRAINT "planet_professions_profession" CHECK ("profession" in ('MINING_ENGINEERS', 'TRADE_SPECIALISTS')),
	CONSTRAINT "planet_professions_counts" CHECK (active_count >= 0 and training_count >= 0),
	CONSTRAINT "planet_professions_training" CHECK ((training_count > 0) = (training_completes_at is not null))
);
--> statement-breakpoint
CREATE TABLE "planets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar(100) NOT NULL,
	"region_id" uuid NOT NULL,
	"sector_id" integer NOT NULL,
	"owner_player_id" uuid,
	"citadel_level" integer DEFAULT 0 NOT NULL,
	"phase" integer DEFAULT 1 NOT NULL,
	"colonists" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "planets_numbers" CHECK (citadel_level >= 0 and phase between 1 and 5 and colonists >= 0)
);
--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD COLUMN "fc_rep_delta" integer;--> statement-breakpoint
ALTER TABLE "players" ADD COLUMN "starting_credits" integer DEFAULT 10000 NOT NULL;--> statement-breakpoint
ALTER TABLE "players" ADD COLUMN "am_enforcement_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reputations" ADD COLUMN "trade_carry_cr" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sector_bookmarks" ADD CONSTRAINT "sector_bookmarks_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sector_bookmarks" ADD CONSTRAINT "sector_bookmarks_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_ship_id_ships_id_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "station_surplus" ADD CONSTRAINT "station_surplus_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_licenses" ADD CONSTRAINT "claim_licenses_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_licenses" ADD CONSTRAINT "claim_licenses_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_licenses" ADD CONSTRAINT "claim_licenses_renewal_of_claim_licenses_id_fk" FOREIGN KEY ("renewal_of") REFERENCES "public"."claim_licenses"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "npc_patrols" ADD CONSTRAINT "npc_patrols_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "npc_patrols" ADD CONSTRAINT "npc_patrols_target_player_id_players_id_fk" FOREIGN KEY ("target_player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "planet_professions" ADD CONSTRAINT "planet_professions_planet_id_planets_id_fk" FOREIGN KEY ("planet_id") REFERENCES "public"."planets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "planets" ADD CONSTRAINT "planets_region_id_regions_id_fk" FOREIGN KEY ("region_id") REFERENCES "public"."regions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "planets" ADD CONSTRAINT "planets_sector_id_sectors_sector_id_fk" FOREIGN KEY ("sector_id") REFERENCES "public"."sectors"("sector_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "planets" ADD CONSTRAINT "planets_owner_player_id_players_id_fk" FOREIGN KEY ("owner_player_id") REFERENCES "public"."players"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sector_bookmarks_sector" ON "sector_bookmarks" USING btree ("sector_id");--> statement-breakpoint
CREATE INDEX "deals_player" ON "deals" USING btree ("player_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "claim_licenses_current" ON "claim_licenses" USING btree ("player_id","region_id","sector_number") WHERE is_current;--> statement-breakpoint
CREATE INDEX "claim_licenses_player" ON "claim_licenses" USING btree ("player_id","purchased_at");--> statement-breakpoint
CREATE INDEX "claim_licenses_warn" ON "claim_licenses" USING btree ("expires_at") WHERE is_current and expiry_told_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "npc_patrols_active" ON "npc_patrols" USING btree ("target_player_id","sector_id") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "npc_patrols_sector" ON "npc_patrols" USING btree ("sector_id") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "planets_owner" ON "planets" USING btree ("owner_player_id");--> statement-breakpoint
CREATE INDEX "mining_harvests_unlicensed" ON "mining_harvests" USING btree ("player_id","resolved_at") WHERE am_claimed and not has_license and status = 'COMPLETED';--> statement-breakpoint
ALTER TABLE "reputations" ADD CONSTRAINT "reputations_trade_carry" CHECK (trade_carry_cr >= 0);
--> statement-breakpoint
-- Nobody has had a deal yet: what players have is what they began with.
update players set starting_credits = credits;
--> statement-breakpoint
create trigger deals_append_only before update or delete on deals
  for each row execute function reject_rewriting_history();
--> statement-breakpoint
create trigger deals_no_truncate before truncate on deals
  for each statement execute function reject_rewriting_history();
--> statement-breakpoint
-- One current licence a player and place, in places without a region too.
drop index claim_licenses_current;
--> statement-breakpoint
create unique index claim_licenses_current on claim_licenses (player_id, region_id, sector_number)
  nulls not distinct where is_current;
--> statement-breakpoint
-- What was sold, to whom, where, and for how long stays as it was sold. A former licence does not become current again,
-- and what its holder was told is not untold.
create function reject_rewriting_license() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' and pg_trigger_depth() > 1 then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' then
    if (new.id, new.player_id, new.region_id, new.sector_number, new.faction_code, new.purchased_at, new.expires_at,
        new.cost_paid_cr, new.renewal_of, new.issuer_station_id)
      is not distinct from (old.id, old.player_id, old.region_id, old.sector_number, old.faction_code,
        old.purchased_at, old.expires_at, old.cost_paid_cr, old.renewal_of, old.issuer_station_id)
      and (old.is_current or not new.is_current)
      and (old.expiry_warned_at is null or new.expiry_warned_at is not distinct from old.expiry_warned_at)
      and (old.expiry_told_at is null or new.expiry_told_at is not distinct from old.expiry_told_at)
    then
      return new;
    end if;
  end if;
  raise exception 'a licence stays as it was sold: % refused', tg_op using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger claim_licenses_append_only before update or delete on claim_licenses
  for each row execute function reject_rewriting_license();
--> statement-breakpoint
create trigger claim_licenses_no_truncate before truncate on claim_licenses
  for each statement execute function reject_rewriting_license();
