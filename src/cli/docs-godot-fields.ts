/** JSON Schema as GDScript: types, members, parameters. */
import { z } from "zod";

const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  pattern: z.string().optional(),
  description: z.string().optional(),
});
type Node = z.output<typeof nodeSchema>;

const TYPES: Readonly<Record<string, readonly [type: string, empty: string]>> = {
  string: ["String", '""'],
  integer: ["int", "0"],
  number: ["float", "0.0"],
  boolean: ["bool", "false"],
  array: ["Array", "[]"],
  object: ["Dictionary", "{}"],
};
/** For what may be null, and for what has no type. */
const ANYTHING = ["Variant", "null"] as const;
/** Text that is a number: what a query has. */
const DIGITS = /^\^(\[1-9\])?\\d\{[\d,]+\}\$$/;

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly empty: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: Node;
}

export function nodeOf(schema: unknown): Node {
  return nodeSchema.parse(schema);
}

function typeOf(node: Node): readonly [string, string] {
  // Numbers that can be one alone, or one of a few, are described as any number is.
  const values = node.enum ?? [node.const];
  if (values.every(Number.isInteger) || DIGITS.test(node.pattern ?? "")) return ["int", "0"];
  if (typeof node.type === "string") return TYPES[node.type] ?? ANYTHING;
  if (node.type !== undefined) return ANYTHING;
  const choices = (node.anyOf ?? node.oneOf ?? []).map((choice) => typeOf(nodeOf(choice)));
  const [first] = choices;
  return first !== undefined && choices.every(([type]) => type === first[0]) ? first : ANYTHING;
}

/** The fields of an object; of a choice between objects, those of all of them. */
export function fieldsOf(schema: unknown): Field[] {
  const { properties, required, anyOf, oneOf } = nodeOf(schema);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) {
    const all = choices.flatMap(fieldsOf).map((field) => [field.name, field] as const);
    return [...new Map(all).values()];
  }
  return Object.entries(properties ?? {}).map(([name, property]) => {
    const node = nodeOf(property);
    const [type, empty] = typeOf(node);
    const description = node.description ?? "";
    return { name, type, empty, required: required?.includes(name) ?? false, description, schema: node };
  });
}

export const pascal = (name: string) =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
export const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const member = ({ name, type, empty, description }: Field) =>
  `${description === "" ? "" : `\t## ${description}\n`}\tvar ${name}: ${type} = ${empty}`;
export const reading = ({ name }: Field) => `\t\t${name} = from.get("${name}", ${name})`;

/** A function's parameters: what has to be said first. */
export function parametersOf(fields: readonly Field[]): string[] {
  return [
    ...fields.filter(({ required }) => required).map(({ name, type }) => `${snake(name)}: ${type}`),
    ...fields.filter(({ required }) => !required).map(({ name, empty }) => `${snake(name)} := ${empty}`),
  ];
}

/** The lines of a function's comment that say what its parameters are. */
export function parameterNotes(fields: readonly Field[]): string {
  return fields
    .map(({ name, description }) => `\n## [param ${snake(name)}] ${description}`.trimEnd())
    .join("");
}

/** A Dictionary that a function makes of its parameters. */
export function dictionaryOf(variable: string, fields: readonly Field[]): string {
  const required = fields.filter((field) => field.required).map(({ name }) => `"${name}": ${snake(name)}`);
  const optional = fields
    .filter((field) => !field.required)
    .map(
      ({ name, empty }) => `\tif ${snake(name)} != ${empty}:\n\t\t${variable}["${name}"] = ${snake(name)}\n`,
    );
  return `\tvar ${variable} := {${required.join(", ")}}\n${optional.join("")}`;
}

export const shown = (fields: readonly Field[]) =>
  fields.map(({ name, type }) => `\`${name}\` ${type === "Variant" ? "(may be null)" : type}`).join(", ");
