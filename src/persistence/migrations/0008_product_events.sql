CREATE TABLE "product_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "product_events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" varchar(64) NOT NULL,
	"user_id" uuid,
	"properties" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"exported_at" timestamp (3) with time zone,
	CONSTRAINT "product_events_name" CHECK ("name" in ('ecosystem_mission_started', 'ecosystem_mission_completed', 'ecosystem_reward_granted', 'ecosystem_state_changed')),
	CONSTRAINT "product_events_attempts" CHECK (attempts >= 0)
);
--> statement-breakpoint
CREATE INDEX "product_events_due" ON "product_events" USING btree ("next_attempt_at") WHERE exported_at is null;--> statement-breakpoint
CREATE INDEX "product_events_occurred_at" ON "product_events" USING btree ("occurred_at");