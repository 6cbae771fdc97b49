ALTER TABLE "deals" DROP CONSTRAINT "deals_kind";--> statement-breakpoint
ALTER TABLE "deals" DROP CONSTRAINT "deals_sale";--> statement-breakpoint
ALTER TABLE "expedition_runs" DROP CONSTRAINT "expedition_runs_mission";--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_kind" CHECK ("kind" in ('sell', 'install_laser', 'upgrade_laser', 'remove_laser', 'buy_license', 'buy_hull', 'sell_hull', 'board_ship', 'deliver_ore'));--> statement-breakpoint
ALTER TABLE "deals" ADD CONSTRAINT "deals_sale" CHECK (case kind when 'deliver_ore'
        then commodity = 'ore' and quantity > 0 and num_nonnulls(unit_price_cr, bonus_bps) = 0 and credits = 0
          and num_nulls(commodity, quantity) = 0
        when 'sell'
        then num_nulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 and quantity > 0
          and credits = quantity::bigint * unit_price_cr * bonus_bps / 10000
        else num_nonnulls(commodity, quantity, unit_price_cr, bonus_bps) = 0 end);--> statement-breakpoint
ALTER TABLE "expedition_runs" ADD CONSTRAINT "expedition_runs_mission" CHECK ("mission_id" in ('belt_survey', 'core_extraction', 'anomaly_prospect', 'debris_salvage'));