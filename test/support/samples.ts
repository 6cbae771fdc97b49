/** Values that fit a JSON Schema: what goes over the wire, in every size that its encoding treats differently. */
import { strict as assert } from "node:assert";
import { z } from "zod";
import { protocolData } from "../../src/cli/docs-protocol.ts";

const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  propertyNames: z.unknown().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
});

const INTEGERS = [
  ...[0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER],
  ...[-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, Number.MIN_SAFE_INTEGER],
];
const TEXTS = ["", "a", "ü – 鉱 🚀", "x".repeat(31), "x".repeat(32), "y".repeat(255), "z".repeat(256)];
const UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

/** Each value differs from the others in some way that matters; the first has all optional fields. */
function samplesOf(schema: unknown): unknown[] {
  if (schema === true || schema === undefined) return [null, 1, "text", { deep: [1, { deeper: true }] }];
  const node = nodeSchema.parse(schema);
  if (node.const !== undefined) return [node.const];
  if (node.enum !== undefined) return node.enum;
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return choices.flatMap(samplesOf);
  if (Array.isArray(node.type)) return node.type.flatMap((type) => samplesOf({ ...node, type }));
  switch (node.type) {
    case undefined:
      return samplesOf(true);
    case "null":
      return [null];
    case "boolean":
      return [true, false];
    case "integer":
      return within(INTEGERS, node);
    case "number":
      return within([...INTEGERS, 0.5, -1.25, 1e300], node);
    case "string":
      if (node.format === "uuid") return [UUID];
      return TEXTS.filter(
        ({ length }) => length >= (node.minLength ?? 0) && length <= (node.maxLength ?? length),
      );
    case "array":
      return [samplesOf(node.items), [], ...samplesOf(node.items).map((item) => [item])];
    case "object":
      return objectsOf(node);
    default:
      return assert.fail(`no samples of a ${node.type}`);
  }
}

function within(numbers: number[], { minimum, maximum }: z.output<typeof nodeSchema>): number[] {
  return numbers.filter((number) => number >= (minimum ?? number) && number <= (maximum ?? number));
}

/** So many objects that each field has each of its values once. */
function objectsOf(node: z.output<typeof nodeSchema>): object[] {
  const fields = Object.entries(node.properties ?? {}).map(([name, of]) => ({ name, values: samplesOf(of) }));
  const count = Math.max(1, ...fields.map(({ values }) => values.length));
  const objects = Array.from({ length: count }, (_, at) =>
    Object.fromEntries(fields.map(({ name, values }) => [name, values[at % values.length]])),
  );
  if (typeof node.additionalProperties === "object") {
    const keys = node.propertyNames === undefined ? ["a", "b"] : samplesOf(node.propertyNames);
    const values = samplesOf(node.additionalProperties);
    const map = Object.fromEntries(values.map((value, at) => [`${keys[at % keys.length]}`, value]));
    return [map, {}];
  }
  const bare = Object.fromEntries(
    Object.entries(objects[0] ?? {}).filter(([name]) => node.required?.includes(name)),
  );
  return [...objects, bare];
}

/** What rooms and clients send, by name, with values that the protocol allows. */
export function messagesOfProtocol(): { name: string; payload: unknown }[] {
  const { requests, events, envelopes, unanswered, galaxy } = protocolData();
  const schemas = [
    ...requests.map(({ name, body }) => ({ name, schema: body })),
    ...requests.map(({ answer }) => ({ name: "accepted", schema: answer })),
    ...Object.entries(envelopes).map(([name, schema]) => ({ name, schema })),
    ...unanswered.map(({ name, body }) => ({ name, schema: body })),
    ...events.map(({ name, payload }) => ({ name, schema: payload })),
    { name: galaxy.request.name, schema: galaxy.request.body },
    { name: galaxy.answer.name, schema: galaxy.answer.payload },
  ];
  return schemas.flatMap(({ name, schema }) => samplesOf(schema).map((payload) => ({ name, payload })));
}
