import { strict as assert } from "node:assert";
import { Metadata, Schema, schema, t } from "@colyseus/schema";
import { SectorState, STATE_TYPES, Warp } from "../../src/schema/sector.ts";

/** What every official SDK decodes, Godot's of 0.17 and 0.18 included. */
const PRIMITIVES: readonly unknown[] = [
  ...["string", "boolean", "number", "float32", "float64"],
  ...["int8", "uint8", "int16", "uint16", "int32", "uint32"],
];

type SchemaClass = new () => Schema;

function isSchema(type: unknown): type is SchemaClass {
  return typeof type === "function" && type.prototype instanceof Schema;
}

/** The schema that a field refers to or holds many of; null when it is a primitive or none of the kinds we use. */
function referredBy(type: unknown): SchemaClass | null {
  if (isSchema(type)) return type;
  if (typeof type !== "object" || type === null) return null;
  const [[kind, of] = [], ...more] = Object.entries(type);
  return (kind === "map" || kind === "array") && isSchema(of) && more.length === 0 ? of : null;
}

/** What is wrong with a type, and with all that it is made of. More fields than fit the library refuses by itself. */
function problemsOf(type: SchemaClass, seen = new Set<SchemaClass>()): string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  const problems: string[] = [];
  const fresh = new type();
  for (const [name, of] of Object.entries(Metadata.getFields(type))) {
    const inner = referredBy(of);
    if (inner !== null) problems.push(...problemsOf(inner, seen));
    else if (!PRIMITIVES.includes(of))
      problems.push(`${type.name}.${name} is of a kind that not every SDK reads`);
    if (Reflect.get(fresh, name) === undefined) problems.push(`${type.name}.${name} has no default`);
  }
  return problems;
}

describe("the state of a sector", () => {
  it("is made of what every SDK reads: primitives and references to schemas, or maps and arrays of them, with defaults", () => {
    assert.deepEqual(problemsOf(SectorState), []);
  });

  it("has all its types in the list that documents are made from", () => {
    const reached = new Set<SchemaClass>();
    problemsOf(SectorState, reached);
    assert.deepEqual(new Set<SchemaClass>(Object.values(STATE_TYPES)), reached);
  });

  it("would not pass with anything else in it", () => {
    const wrong = {
      "no default": t.string(),
      "a number of 64 bits": t.bigint64().default(0n),
      "an array of primitives": t.array("string"),
      "a map of primitives": t.map("number"),
      "a set": t.set(Warp),
      "a collection": t.collection(Warp),
      "a stream": t.stream(Warp),
    };
    for (const [name, field] of Object.entries(wrong)) {
      const Inner = schema({ field }, "Inner");
      const Outer = schema({ inner: t.ref(Inner).default(new Inner()) }, "Outer");
      assert.equal(problemsOf(Outer).length, 1, name);
    }
  });
});
