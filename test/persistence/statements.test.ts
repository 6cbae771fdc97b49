import { strict as assert } from "node:assert";
import { binaryArray } from "../../src/persistence/binary-arrays.ts";
import { type Column, insertRows, updateRows, upsertRows } from "../../src/persistence/statements.ts";
import { useDatabase } from "../support/database.ts";

interface Sample {
  readonly id: string;
  readonly small: number | null;
  readonly large: number | null;
  readonly words: string | null;
  readonly isSo: boolean | null;
  readonly atMs: number | null;
  readonly details: string | null;
}

const COLUMNS: readonly Column<Sample>[] = [
  ["id", "uuid", (row) => row.id],
  ["small", "int", (row) => row.small],
  ["large", "bigint", (row) => row.large],
  ["words", "text", (row) => row.words],
  ["is_so", "boolean", (row) => row.isSo],
  ["at", "timestamptz", (row) => row.atMs],
  ["details", "jsonb", (row) => row.details],
];

const nothing = { small: null, large: null, words: null, isSo: null, atMs: null, details: null };
const SAMPLES: readonly Sample[] = [
  {
    ...{ id: "00000000-0000-4000-8000-0000000000ff", small: 2 ** 31 - 1, large: Number.MAX_SAFE_INTEGER },
    ...{ words: `a "quoted", {braced} \\ back — ü 🚀`, isSo: true, atMs: Date.UTC(2102, 6, 4, 5, 6, 7, 890) },
    details: '{"a": [1, null, "\\"ü\\""]}',
  },
  {
    ...{ id: "FEDCBA98-7654-4321-8FED-CBA987654321", small: -(2 ** 31), large: Number.MIN_SAFE_INTEGER },
    ...{ words: "", isSo: false, atMs: Date.UTC(1969, 11, 31, 23, 59, 59, 1), details: "null" },
  },
  { ...nothing, id: "11111111-1111-4111-8111-111111111111" },
  { ...nothing, id: "22222222-2222-4222-8222-222222222222", small: 0, large: -1, words: "NULL", atMs: 0 },
];

/** What Postgres itself understands by the texts of the samples. */
const EXPECTED = `select * from (values
  ('00000000-0000-4000-8000-0000000000ff'::uuid, 2147483647, 9007199254740991::bigint,
    'a "quoted", {braced} \\ back — ü 🚀', true, '2102-07-04T05:06:07.890Z'::timestamptz, '{"a": [1, null, "\\"ü\\""]}'::jsonb),
  ('fedcba98-7654-4321-8fed-cba987654321', -2147483648, -9007199254740991, '', false, '1969-12-31T23:59:59.001Z', 'null'),
  ('11111111-1111-4111-8111-111111111111', null, null, null, null, null, null),
  ('22222222-2222-4222-8222-222222222222', 0, -1, 'NULL', null, '1970-01-01T00:00:00Z', null)
) v(id, small, large, words, is_so, at, details)`;

describe("statements of any number of rows", () => {
  const db = useDatabase();

  before(async () => {
    await db.pool.query(`create table samples (id uuid primary key, small int, large bigint, words text,
      is_so boolean, at timestamptz, details jsonb)`);
  });
  beforeEach(() => db.pool.query("delete from samples"));

  /** How many rows are in one of the two and not in the other, as Postgres compares them. */
  async function differences(): Promise<unknown> {
    const { rows } = await db.pool.query(`select * from (
      (table samples except all ${EXPECTED}) union all (${EXPECTED} except all table samples)) d`);
    return rows;
  }

  it("write every type as Postgres understands its text, NULLs and edges too", async () => {
    const { rowCount } = await db.pool.query(insertRows("samples", COLUMNS, SAMPLES));
    assert.equal(rowCount, SAMPLES.length);
    assert.deepEqual(await differences(), []);
  });

  it("update rows by their key", async () => {
    await db.pool.query(
      insertRows(
        "samples",
        COLUMNS,
        SAMPLES.map(({ id }) => ({ ...nothing, id })),
      ),
    );
    assert.notDeepEqual(await differences(), []);
    await db.pool.query(updateRows("samples", COLUMNS, 1, SAMPLES));
    assert.deepEqual(await differences(), []);
  });

  it("upsert: insert what is new, set what is there, leave alone what is the same", async () => {
    await db.pool.query(
      insertRows(
        "samples",
        COLUMNS,
        SAMPLES.slice(1).map((row, index) => (index === 0 ? row : { ...nothing, id: row.id })),
      ),
    );
    const { rowCount } = await db.pool.query(upsertRows("samples", COLUMNS, 1, SAMPLES));
    assert.deepEqual(await differences(), []);
    assert.equal(rowCount, 2, "a new one and a changed one; two were the same");
  });

  it("take no value that its type cannot hold, before anything is sent", () => {
    assert.throws(() => binaryArray("int", [2 ** 31]), RangeError);
    for (const text of [
      "",
      "1",
      "0000000g-0000-4000-8000-000000000000",
      "00000000-0000-4000-8000-00000000000",
    ]) {
      assert.throws(() => binaryArray("uuid", [text]), TypeError, text);
    }
  });
});
