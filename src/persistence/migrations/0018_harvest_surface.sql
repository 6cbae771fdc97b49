ALTER TABLE "mining_harvests" ADD COLUMN "surface" varchar(32);--> statement-breakpoint
CREATE INDEX "product_events_started" ON "product_events" USING btree ("occurred_at") WHERE name = 'ecosystem_mission_started';--> statement-breakpoint
CREATE INDEX "product_events_completed" ON "product_events" USING btree ("user_id",(properties->>'run_id')) WHERE name = 'ecosystem_mission_completed';--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD CONSTRAINT "mining_harvests_surface" CHECK ("surface" in ('web', 'godot', 'godot_mining', 'godot_experiment1', 'bot'));