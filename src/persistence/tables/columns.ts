import { type SQL, sql } from "drizzle-orm";
import { customType, timestamp } from "drizzle-orm/pg-core";

/** A moment, kept to the millisecond: what a JavaScript clock can say is what the database can hold. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** `column in ('a', 'b')` as a CHECK body. A list of `rules/` that grows takes effect with the next migration. */
export function oneOf(column: string, values: readonly string[]): SQL {
  const list = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ");
  return sql.raw(`"${column}" in (${list})`);
}

/** A u32 dice roll: 0 … 4,294,967,295, past what `integer` can hold. */
export const roll = customType<{ data: number; driverData: string }>({
  dataType: () => "bigint",
  fromDriver: Number,
});
