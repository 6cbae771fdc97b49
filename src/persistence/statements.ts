/** Statements that take any number of rows: one array a column, through `unnest`, so each is planned once. */
import { binaryArray, binaryRows, type Element, type ElementType } from "./binary-arrays.ts";

/** A column of a table: its name, its type, and where a row has its value. Name and value cannot drift apart. */
export type Column<Row> = readonly [name: string, type: ElementType, value: (row: Row) => Element];

/** A prepared statement: its name stands for its text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** As Postgres takes them: a `Buffer` in its binary format, anything else as text. */
  readonly values: (Buffer | string | null)[];
  /** What a COPY is to read, all of it. Only a `Flight` can send that. */
  readonly copied?: Buffer;
}

function names<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(([name]) => name).join(", ");
}

/**
 * The rows, an `unnest` a column side by side: Postgres steps through arrays of one length together. `unnest` of all of
 * them in FROM says the same, and first copies each array into a store of its own.
 */
export function unnested<Row>(columns: readonly Column<Row>[]): string {
  return `select ${columns.map(([name, type], index) => `unnest($${index + 1}::${type}[]) as ${name}`).join(", ")}`;
}

/** The rows, an array a column: the parameters of `unnested`. */
export function arrays<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Buffer[] {
  return columns.map(([, type, value]) => binaryArray(type, rows.map(value)));
}

/** Inserts the rows; a conflict is an error. */
export function insertRows<Row>(
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Statement {
  return {
    name: `insert_${table}`,
    text: `insert into ${table} (${names(columns)}) ${unnested(columns)}`,
    values: arrays(columns, rows),
  };
}

/**
 * Inserts the rows by COPY, which writes a page of them at once and evaluates nothing; a conflict is an error. The columns'
 * types are those of the table, not such as could be converted to them.
 */
export function copyRows<Row>(
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Statement {
  const values: Element[] = [];
  for (const row of rows) for (const [, , value] of columns) values.push(value(row));
  return {
    name: `copy_${table}`,
    text: `copy ${table} (${names(columns)}) from stdin (format binary)`,
    values: [],
    copied: binaryRows(
      columns.map(([, type]) => type),
      values,
    ),
  };
}

/**
 * Inserts the rows; where one of the same key is there, its other columns are set, and one that is the same already is
 * left alone. The first `keys` columns are the key.
 */
export function upsertRows<Row>(
  table: string,
  columns: readonly Column<Row>[],
  keys: number,
  rows: readonly Row[],
): Statement {
  const rest = columns.slice(keys).map(([name]) => name);
  const changes = rest.map((name) => `${name} = excluded.${name}`);
  const [before, after] = [table, "excluded"].map((row) => rest.map((name) => `${row}.${name}`).join(", "));
  const { text, values } = insertRows(table, columns, rows);
  return {
    name: `upsert_${table}`,
    text: `${text} on conflict (${names(columns.slice(0, keys))}) do update set ${changes.join(", ")}
      where (${before}) is distinct from (${after})`,
    values,
  };
}

/** Sets the columns of rows that are there. The first `keys` columns are the key, and each key comes once. */
export function updateRows<Row>(
  table: string,
  columns: readonly Column<Row>[],
  keys: number,
  rows: readonly Row[],
): Statement {
  const changes = columns.slice(keys).map(([name]) => `${name} = u.${name}`);
  const same = columns.slice(0, keys).map(([name]) => `t.${name} = u.${name}`);
  return {
    name: `update_${table}`,
    text: `update ${table} t set ${changes.join(", ")} from (${unnested(columns)}) u where ${same.join(" and ")}`,
    values: arrays(columns, rows),
  };
}
