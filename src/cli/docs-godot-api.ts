import { z } from "zod";
import { ERRORS } from "../errors.ts";
import { describeProtocol } from "../rooms/protocol.ts";
import { table } from "./docs-tables.ts";

const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
});

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

interface Field {
  readonly name: string;
  readonly type: string;
  readonly empty: string;
  readonly required: boolean;
  readonly description: string;
}

function typeOf(node: z.output<typeof nodeSchema>): readonly [string, string] {
  // A number that can be one alone is described as any number is.
  if (Number.isInteger(node.const)) return ["int", "0"];
  if (typeof node.type === "string") return TYPES[node.type] ?? ANYTHING;
  if (node.type !== undefined) return ANYTHING;
  const choices = (node.anyOf ?? node.oneOf ?? []).map((choice) => typeOf(nodeSchema.parse(choice)));
  const [first] = choices;
  return first !== undefined && choices.every(([type]) => type === first[0]) ? first : ANYTHING;
}

/** The fields of an object; of a choice between objects, those of all of them. */
function fieldsOf(schema: unknown): Field[] {
  const { properties, required, anyOf, oneOf } = nodeSchema.parse(schema);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) {
    const all = choices.flatMap(fieldsOf).map((field) => [field.name, field] as const);
    return [...new Map(all).values()];
  }
  return Object.entries(properties ?? {}).map(([name, property]) => {
    const node = nodeSchema.parse(property);
    const [type, empty] = typeOf(node);
    return {
      name,
      type,
      empty,
      required: required?.includes(name) ?? false,
      description: node.description ?? "",
    };
  });
}

const pascal = (name: string) =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const member = ({ name, type, empty, description }: Field) =>
  `${description === "" ? "" : `\t## ${description}\n`}\tvar ${name}: ${type} = ${empty}`;
const reading = ({ name }: Field) => `\t\t${name} = from.get("${name}", ${name})`;

function eventClass({
  name,
  summary,
  payload,
}: ReturnType<typeof describeProtocol>["events"][number]): string {
  const fields = fieldsOf(payload);
  return `## ${summary}
class ${pascal(name)}:
	extends RefCounted
${fields.map(member).join("\n")}

	func _init(from := {}) -> void:
${fields.map(reading).join("\n")}`;
}

function replyClass({ name, answer }: ReturnType<typeof describeProtocol>["requests"][number]): string {
  const fields = fieldsOf(answer);
  const head = `## The answer to [method SectorkeepApi.${name}].\nclass ${pascal(name)}Reply:\n\textends SectorkeepReply`;
  if (fields.length === 0) return head;
  return `${head}
${fields.map(member).join("\n")}

	func _read(from: Dictionary) -> void:
${fields.map(reading).join("\n")}`;
}

/** A function's parameters: what a request has to carry first. */
function parametersOf(fields: readonly Field[]): string[] {
  const asked = fields.filter(({ name }) => name !== "requestId");
  return [
    ...asked.filter(({ required }) => required).map(({ name, type }) => `${snake(name)}: ${type}`),
    ...asked.filter(({ required }) => !required).map(({ name, empty }) => `${snake(name)} := ${empty}`),
  ];
}

function requestFunction({
  name,
  summary,
  body,
}: ReturnType<typeof describeProtocol>["requests"][number]): string {
  const fields = fieldsOf(body).filter((field) => field.name !== "requestId");
  const notes = fields.map(({ name: field, description }) =>
    `\n## [param ${snake(field)}] ${description}`.trimEnd(),
  );
  const required = fields
    .filter((field) => field.required)
    .map(({ name: field }) => `"${field}": ${snake(field)}`);
  const optional = fields
    .filter((field) => !field.required)
    .map(
      ({ name: field, empty }) =>
        `\tif ${snake(field)} != ${empty}:\n\t\tbody["${field}"] = ${snake(field)}\n`,
    );
  const reply = `SectorkeepMessages.${pascal(name)}Reply`;
  return `## ${summary}${notes.join("")}
func ${name}(${parametersOf(fields).join(", ")}) -> ${reply}:
	var body := {${required.join(", ")}}
${optional.join("")}	return await _ask("${name}", body, ${reply})`;
}

/** `godot/sectorkeep/messages.gd`: what rooms say, as classes. */
export function godotMessages(): string {
  const { events, requests } = describeProtocol();
  return `class_name SectorkeepMessages
extends RefCounted
## What rooms say: events, and the answers to requests. Fields have the names that they have on the wire.


${[...events.map(eventClass), ...requests.map(replyClass)].join("\n\n\n")}
`;
}

/** `godot/sectorkeep/api.gd`: a signal for each event, a function for each request. */
export function godotApi(): string {
  const { events, requests } = describeProtocol();
  const signals = events.map(
    ({ name, summary }) => `## ${summary}\nsignal ${name}(event: SectorkeepMessages.${pascal(name)})`,
  );
  const classes = events.map(({ name }) => `\t"${name}": SectorkeepMessages.${pascal(name)},`);
  return `class_name SectorkeepApi
extends Node
## What can be asked of a sector and what it tells. Each function returns when its answer is there:
## [codeblock]
## var reply := await client.harvest()
## if not reply.ok:
## 	print(reply.code)
## [/codeblock]

${signals.join("\n")}

## The class of each event.
var event_classes: Dictionary[String, GDScript] = {
${classes.join("\n")}
}


${requests.map(requestFunction).join("\n\n\n")}


## Sends a request and waits for its answer. [Sectorkeep] does it.
func _ask(_name: String, _body: Dictionary, _reply: GDScript) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null
`;
}

/** `godot/sectorkeep/codes.gd`: the catalogue of refusals as constants. */
export function godotCodes(): string {
  const codes = Object.entries(ERRORS).map(
    ([code, [, message]]) => `## ${message}\nconst ${code.toUpperCase()} := "${code}"`,
  );
  return `class_name SectorkeepCodes
extends RefCounted
## Why something was refused: what [member SectorkeepReply.code] can be.

## There is no server at that address, or it has not answered.
const OFFLINE := "offline"
${codes.join("\n")}
`;
}

const shown = (fields: readonly Field[]) =>
  fields.map(({ name, type }) => `\`${name}\` ${type === "Variant" ? "(may be null)" : type}`).join(", ");

/** `docs/godot-reference.md`, less its first line. */
export function godotReference(): string {
  const { events, requests } = describeProtocol();
  const asked = requests.map(({ name, summary, body, answer }) => [
    `\`await client.${name}(${parametersOf(fieldsOf(body)).join(", ")})\``,
    summary,
    shown(fieldsOf(answer)),
  ]);
  const told = events.map(({ name, summary, payload, audience }) => [
    `\`client.${name}\``,
    { feed: "your feed", pilot: "you, now", sector: "everybody here" }[audience],
    summary,
    shown(fieldsOf(payload)),
  ]);
  return `# Requests, signals and codes in GDScript

Beside [godot.md](godot.md). What fields mean is in [protocol.md](protocol.md), and in the editor's help (F1) under
\`SectorkeepApi\`, \`SectorkeepMessages\`, \`SectorkeepState\` and \`SectorkeepCodes\`.

## Requests

Each returns when its answer is there. Every reply has \`ok\`, \`code\`, \`message\`, \`detail\` and \`repeated\` beside these:

${table(["call", "what it does", "the reply's fields"], asked)}

## Signals

Each carries one object with these fields. Those of *your feed* come once each, in order, also what happened while you were away.

\`\`\`gdscript
client.combat_resolved.connect(
	func(event: SectorkeepMessages.CombatResolved) -> void: print(event.opponent, ": ", event.outcome)
)
\`\`\`

${table(["signal", "who hears it", "when", "the event's fields"], told)}

## Codes

\`reply.code\` is one of these; [errors.md](errors.md) says what each means and what to do, as \`reply.message\` does.

\`\`\`gdscript
if reply.code == SectorkeepCodes.CARGO_FULL:
	show_hint("Sell something first.")
\`\`\`

${Object.keys(ERRORS)
  .map((code) => `\`${code.toUpperCase()}\``)
  .join(" ")}
`;
}
