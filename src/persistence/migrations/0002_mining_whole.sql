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
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "deals_kind" CHECK ("kind" in ('sell')),
	CONSTRAINT "deals_commodity" CHECK ("commodity" in ('ore', 'organics', 'equipment', 'fuel', 'gourmet_food', 'luxury_goods', 'exotic_technology', 'colonists', 'precious_metals', 'quantum_shards', 'special_goods')),
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
ALTER TABLE "players" ADD COLUMN "starting_credits" integer DEFAULT 10000 NOT NULL;--> statement-breakpoint
ALTER TABLE "reputations" ADD COLUMN "trade_carry_cr" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_player_id_players_id_fk" FOREIGN KEY ("player_id") REFERENCES "public"."players"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_ship_id_ships_id_fk" FOREIGN KEY ("ship_id") REFERENCES "public"."ships"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "station_surplus" ADD CONSTRAINT "station_surplus_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deals_player" ON "deals" USING btree ("player_id","at");--> statement-breakpoint
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
