import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CODEGEN = path.join(ROOT, "node_modules/@colyseus/schema/bin/schema-codegen");
const SCHEMAS = ["src/schema/sector.ts", "src/schema/galaxy.ts"];

const CLASS = /^class (\w+) extends Colyseus\.Schema:$/;
const FIELD = /Field\.new\("(\w+)", Colyseus\.Schema\.(\w+)(?:, (\w+))?\)/;

/** The types of GDScript for those of a schema, with the value that a member has before anything is known. */
const PRIMITIVES: Readonly<Record<string, string>> = {
  STRING: 'String = ""',
  BOOLEAN: "bool = false",
  UINT8: "int = 0",
  UINT16: "int = 0",
  UINT32: "int = 0",
  INT32: "int = 0",
  NUMBER: "float = 0.0",
  FLOAT32: "float = 0.0",
  FLOAT64: "float = 0.0",
};

/** What `schema-codegen --gdscript` makes of the schemas. Its classes need the official extension. */
function generated(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-codegen-"));
  try {
    execFileSync(process.execPath, [CODEGEN, ...SCHEMAS, "--gdscript", "--bundle", "--output", folder], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    });
    return readFileSync(path.join(folder, "schema.gd"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly child: string;
}

function memberOf({ name, type, child }: Field): string {
  if (type === "REF") return `\tvar ${name} := ${child}.new()`;
  if (type === "MAP") return `\tvar ${name}: Dictionary[String, ${child}] = {}`;
  const primitive = PRIMITIVES[type];
  if (primitive === undefined) throw new Error(`${name} is a ${type}: Godot clients cannot read that`);
  return `\tvar ${name}: ${primitive}`;
}

function readingOf({ name, type, child }: Field): string {
  if (type === "REF") return `\t\t${name}.read(from.get("${name}", {}))`;
  if (type === "MAP") return `\t\tSectorkeepState.read_map(${name}, from.get("${name}", {}), ${child})`;
  return `\t\t${name} = from.get("${name}", ${name})`;
}

function classOf(name: string, fields: readonly Field[]): string {
  return [
    `class ${name}:`,
    "\textends RefCounted",
    ...fields.map(memberOf),
    "",
    "\t## Takes over what a room's state says.",
    "\tfunc read(from: Dictionary) -> void:",
    ...fields.map(readingOf),
  ].join("\n");
}

/**
 * `godot/sectorkeep/state.gd`: the classes that `schema-codegen` makes, with typed members, and filled from the Dictionary that
 * every client gives for a state, so that they are the same with the official extension and without.
 */
export function godotState(): string {
  const classes = new Map<string, Field[]>();
  let fields: Field[] = [];
  for (const line of generated().split("\n")) {
    const name = CLASS.exec(line)?.[1];
    if (name !== undefined) {
      fields = [];
      classes.set(name, fields);
    }
    const [, field, type, child = ""] = FIELD.exec(line) ?? [];
    if (field !== undefined && type !== undefined) fields.push({ name: field, type, child });
  }
  return `class_name SectorkeepState
extends RefCounted
## What everybody in a sector sees, as classes. An object stays the same for as long as what it stands for is there.


## Brings a map's objects up to date: newcomers are made, who has gone is dropped, all others are kept.
static func read_map(into: Dictionary, from: Dictionary, type: GDScript) -> void:
	for key: String in into.keys():
		if not from.has(key):
			into.erase(key)
	for key: String in from:
		if from[key] is Dictionary:
			if not into.has(key):
				into[key] = type.new()
			into[key].read(from[key])


${[...classes].map(([name, of]) => classOf(name, of)).join("\n\n\n")}
`;
}
