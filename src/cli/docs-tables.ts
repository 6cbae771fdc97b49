/** JSON Schema as tables that people can read. */
import { z } from "zod";

interface Field {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  propertyNames: z.unknown().optional(),
  format: z.string().optional(),
});
type Node = z.output<typeof nodeSchema>;

const choicesOf = (node: Node) => node.anyOf ?? node.oneOf;

/** Null for an object that says nothing of its values. */
function valueOfMap(node: Node): Node | null {
  if (node.type !== "object" || node.properties !== undefined) return null;
  const value = nodeSchema.safeParse(node.additionalProperties);
  return value.success && Object.keys(value.data).length > 0 ? value.data : null;
}

/** The type in a line, an object's fields included unless they get rows of their own. */
function typeOf(schema: unknown, withFields = true): string {
  const node = nodeSchema.parse(schema);
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(" or ");
  const choices = choicesOf(node);
  if (choices !== undefined) {
    return [...new Set(choices.map((choice) => typeOf(choice, withFields)))].join(" or ");
  }
  if (node.type === "array") return `array of ${typeOf(node.items ?? {}, withFields)}`;
  const value = valueOfMap(node);
  if (value !== null) return `map of ${keysOf(node)} to ${typeOf(value, withFields)}`;
  if (node.properties !== undefined && withFields) return objectType(node);
  if (node.format === "uuid") return "uuid";
  return Array.isArray(node.type) ? node.type.join(" or ") : (node.type ?? "any");
}

function keysOf(node: Node): string {
  const { enum: keys } = nodeSchema.parse(node.propertyNames ?? {});
  return keys === undefined ? "string" : keys.map((key) => JSON.stringify(key)).join(", ");
}

function objectType(node: Node): string {
  const fields = Object.entries(node.properties ?? {}).map(
    ([name, field]) => `${nameOf(name, node)}: ${typeOf(field)}`,
  );
  return `{${fields.join(", ")}}`;
}

const nameOf = (name: string, { required }: Node) => (required?.includes(name) === true ? name : `${name}?`);

/** The one object that a field holds, directly, in a list or under each key; null when there is none, or several. */
function objectIn(schema: unknown, path: string): { node: Node; path: string } | null {
  const node = nodeSchema.parse(schema);
  const choices = choicesOf(node)?.filter((choice) => nodeSchema.parse(choice).type !== "null");
  if (choices !== undefined) return choices.length === 1 ? objectIn(choices[0], path) : null;
  if (node.type === "array") return objectIn(node.items ?? {}, `${path}[]`);
  if (node.properties !== undefined) return { node, path };
  const value = valueOfMap(node);
  return value === null ? null : objectIn(value, `${path}.*`);
}

function fieldsOf(schema: unknown, prefix = ""): Field[] {
  const node = nodeSchema.parse(schema);
  return Object.entries(node.properties ?? {}).flatMap(([key, property]) => {
    const name = `${prefix}${nameOf(key, node)}`;
    const inside = objectIn(property, `${prefix}${key}`);
    const meaning = nodeSchema.parse(property).description ?? "";
    const field = { name, type: typeOf(property, inside === null), meaning };
    return inside === null ? [field] : [field, ...fieldsOf(inside.node, `${inside.path}.`)];
  });
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function rowsOf(schema: unknown, empty: string): string {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return empty;
  return table(
    ["field", "type", "meaning"],
    fields.map(({ name, type, meaning }) => [`\`${name}\``, type, meaning]),
  );
}

/** The fields of an object in JSON Schema, those of objects in it included; a table for each of several variants. */
export function fieldTable(schema: unknown, empty = "Nothing."): string {
  const variants = choicesOf(nodeSchema.parse(schema)) ?? [schema];
  return variants.map((variant) => rowsOf(variant, empty)).join("\n\n");
}
