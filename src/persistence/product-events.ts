/** Product events: what the ecosystem's measures are told, recorded in the transaction that they tell of. */
import type { ClientBase, Pool } from "pg";
import { z } from "zod";
import { PRODUCT_EVENT_NAMES } from "../rules/product-events.ts";
import { uuidOf } from "../uuid.ts";

const wholeNumber = z.int().min(0);
const run = { mission_id: z.string(), surface: z.string(), run_id: z.string() };

/** The events and their properties, all of them: ecosystem seed, PostHog Event Schema. */
const PRODUCT_EVENTS = {
  ecosystem_mission_started: z.strictObject({ ...run, entry_point: z.string() }),
  ecosystem_mission_completed: z.strictObject({
    ...run,
    duration_sec: z.number().min(0),
    objective_score: z.number().min(0),
  }),
  ecosystem_reward_granted: z.strictObject({
    reward_type: z.string(),
    reward_value: wholeNumber,
    surface: z.string(),
    run_id: z.string(),
    reward_key: z.string(),
  }),
  ecosystem_state_changed: z.strictObject({
    state_type: z.string(),
    sector_id: wholeNumber,
    new_state: z.string(),
    duration_hours: z.number().min(0),
  }),
} as const satisfies Record<(typeof PRODUCT_EVENT_NAMES)[number], z.ZodType>;

type Schemas = typeof PRODUCT_EVENTS;
export type ProductEventName = keyof Schemas;
type PropertiesOf<Name extends ProductEventName> = z.output<Schemas[Name]>;

/** Something that happened; `userId` is null where the world did it. */
export type ProductEvent = {
  [Name in ProductEventName]: {
    readonly name: Name;
    readonly userId: string | null;
    readonly properties: PropertiesOf<Name>;
    readonly now: Date;
  };
}[ProductEventName];

/** What makes two events the same one. */
function identityOf({ name, userId, properties, now }: ProductEvent): readonly string[] {
  switch (name) {
    case "ecosystem_mission_started":
    case "ecosystem_mission_completed":
      return [userId ?? "", properties.surface, properties.run_id];
    case "ecosystem_reward_granted":
      return [properties.reward_key];
    case "ecosystem_state_changed":
      return [String(properties.sector_id), properties.state_type, properties.new_state, now.toISOString()];
  }
}

/**
 * Records an event in the transaction of what it tells of: both are there, or neither. The same run, reward or change of
 * state recorded again is the same event, and leaves the first as it was.
 * @throws ZodError when the properties are not exactly those of the event
 */
export async function recordProductEvent(tx: ClientBase, event: ProductEvent): Promise<void> {
  const properties = PRODUCT_EVENTS[event.name].parse(event.properties);
  await tx.query({
    name: "insert_product_event",
    text: `insert into product_events (id, name, user_id, properties, occurred_at, next_attempt_at)
      values ($1, $2, $3, $4, $5, $5) on conflict (id) do nothing`,
    values: [
      uuidOf("product_event", event.name, ...identityOf(event)),
      event.name,
      event.userId,
      JSON.stringify(properties),
      event.now,
    ],
  });
}

const outboxRow = z
  .object({
    id: z.uuid(),
    name: z.enum(PRODUCT_EVENT_NAMES),
    user_id: z.uuid().nullable(),
    properties: z.record(z.string(), z.unknown()),
    occurred_at: z.date(),
    attempts: z.int(),
  })
  .transform(({ user_id, occurred_at, ...row }) => ({ ...row, userId: user_id, occurredAt: occurred_at }));

/** An event on its way out. */
export type OutgoingEvent = z.output<typeof outboxRow>;

/**
 * Takes events that are due, oldest first, for `holdMs`: no other process gets them meanwhile. Who neither marks them
 * exported nor puts them off (because it died) gives them up after that.
 */
export async function takeDueEvents(
  pool: Pool,
  { nowMs, holdMs, max }: { nowMs: number; holdMs: number; max: number },
): Promise<OutgoingEvent[]> {
  const { rows } = await pool.query({
    name: "take_product_events",
    text: `with taken as (
        update product_events set attempts = attempts + 1, next_attempt_at = $2
        where id in (
          select id from product_events where exported_at is null and next_attempt_at <= $1
          order by next_attempt_at, seq limit $3 for update skip locked)
        returning *)
      select id, name, user_id, properties, occurred_at, attempts from taken order by seq`,
    values: [new Date(nowMs), new Date(nowMs + holdMs), max],
  });
  return z.array(outboxRow).parse(rows);
}

/** They have arrived. */
export async function markExported(pool: Pool, ids: readonly string[], nowMs: number): Promise<void> {
  await pool.query("update product_events set exported_at = $2 where id = any($1::uuid[])", [
    ids,
    new Date(nowMs),
  ]);
}

/** They have not arrived, as far as is known; they are due again at `atMs`. */
export async function putOff(pool: Pool, ids: readonly string[], atMs: number): Promise<void> {
  await pool.query(
    "update product_events set next_attempt_at = $2 where id = any($1::uuid[]) and exported_at is null",
    [ids, new Date(atMs)],
  );
}
