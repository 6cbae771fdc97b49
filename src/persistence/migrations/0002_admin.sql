CREATE TABLE "admin_actions" (
	"id" integer PRIMARY KEY NOT NULL,
	"kind" varchar(16) NOT NULL,
	"operator" varchar(128) NOT NULL,
	"user_id" uuid,
	"detail" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "admin_actions_id" CHECK (id >= 1),
	CONSTRAINT "admin_actions_kind" CHECK ("kind" in ('ban', 'unban', 'kick', 'broadcast', 'drain'))
);
--> statement-breakpoint
CREATE TABLE "bans" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
