CREATE SEQUENCE "public"."outcome_order" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
ALTER TABLE "deals" ADD COLUMN "written_seq" bigint;--> statement-breakpoint
ALTER TABLE "mining_harvests" ADD COLUMN "written_seq" bigint;--> statement-breakpoint
-- Of what is there already, the time of day is all that is known.
alter table deals disable trigger deals_append_only;--> statement-breakpoint
alter table mining_harvests disable trigger mining_harvests_append_only;--> statement-breakpoint
create temporary table outcomes_so_far on commit drop as
  select id, nextval('outcome_order') as seq from (
    select id, resolved_at as at from mining_harvests union all select id, at from deals order by at, id
  ) ordered;--> statement-breakpoint
update mining_harvests h set written_seq = o.seq from outcomes_so_far o where o.id = h.id;--> statement-breakpoint
update deals d set written_seq = o.seq from outcomes_so_far o where o.id = d.id;--> statement-breakpoint
alter table deals enable trigger deals_append_only;--> statement-breakpoint
alter table mining_harvests enable trigger mining_harvests_append_only;--> statement-breakpoint
ALTER TABLE "deals" ALTER COLUMN "written_seq" SET DEFAULT nextval('outcome_order'), ALTER COLUMN "written_seq" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "mining_harvests" ALTER COLUMN "written_seq" SET DEFAULT nextval('outcome_order'), ALTER COLUMN "written_seq" SET NOT NULL;
