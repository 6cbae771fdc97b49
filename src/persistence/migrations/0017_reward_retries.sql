CREATE TABLE "reward_retries" (
	"user_id" uuid NOT NULL,
	"run_id" varchar(100) NOT NULL,
	"failures" integer NOT NULL,
	"retry_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reward_retries_user_id_run_id_pk" PRIMARY KEY("user_id","run_id"),
	CONSTRAINT "reward_retries_failures" CHECK (failures > 0)
);
--> statement-breakpoint
ALTER TABLE "reward_retries" ADD CONSTRAINT "reward_retries_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reward_retries_retry_at" ON "reward_retries" USING btree ("retry_at");