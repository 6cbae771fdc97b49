import { ERRORS } from "../errors.ts";
import { describeProtocol } from "../rooms/protocol.ts";
import { callFunctions, callRows } from "./docs-godot-calls.ts";
import {
  dictionaryOf,
  type Field,
  fieldsOf,
  member,
  parameterNotes,
  parametersOf,
  pascal,
  reading,
  shown,
} from "./docs-godot-fields.ts";
import { table } from "./docs-tables.ts";

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

/** Every request carries a requestId, which the addon makes. */
const said = (body: unknown): Field[] => fieldsOf(body).filter(({ name }) => name !== "requestId");

function requestFunction({
  name,
  summary,
  body,
}: ReturnType<typeof describeProtocol>["requests"][number]): string {
  const fields = said(body);
  const reply = `SectorkeepMessages.${pascal(name)}Reply`;
  return `## ${summary}${parameterNotes(fields)}
func ${name}(${parametersOf(fields).join(", ")}) -> ${reply}:
${dictionaryOf("body", fields)}	return await _ask("${name}", body, ${reply})`;
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
## What can be asked of a sector and over HTTP, and what is told. Each function returns when its answer is there:
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


${[...requests.map(requestFunction), ...callFunctions()].join("\n\n\n")}


## Sends a request and waits for its answer. [Sectorkeep] does it.
func _ask(_name: String, _body: Dictionary, _reply: GDScript) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null


## Calls a route and waits for its answer. [Sectorkeep] does it.
func _call(
	_method: HTTPClient.Method, _path: String, _body: Variant, _reply: GDScript
) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null


## What follows a path: nothing where nothing is asked for.
func _query_text(query: Dictionary) -> String:
	var parts := PackedStringArray()
	for key: String in query:
		parts.append(key + "=" + str(query[key]).uri_encode())
	return "" if parts.is_empty() else "?" + "&".join(parts)
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

/** `docs/godot-reference.md`, less its first line. */
export function godotReference(): string {
  const { events, requests } = describeProtocol();
  const asked = requests.map(({ name, summary, body, answer }) => [
    `\`await client.${name}(${parametersOf(said(body)).join(", ")})\``,
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
\`SectorkeepApi\`, \`SectorkeepMessages\`, \`SectorkeepAnswers\`, \`SectorkeepState\` and \`SectorkeepCodes\`.

## Requests

Each returns when its answer is there. Every reply has \`ok\`, \`code\`, \`message\`, \`detail\` and \`repeated\` beside these:

${table(["call", "what it does", "the reply's fields"], asked)}

## Calls over HTTP

What needs no ship. Each returns when its answer is there, with a reply as above; the classes in it are those of
\`SectorkeepAnswers\`. They need no \`enter()\`, and those that tell nothing of you need no token. Runs have a class of their own,
\`SectorkeepExpedition\`, and so has the reaction to an incident, \`SectorkeepReaction\`; any other route is
\`client.http(method, path, body)\`.

${table(["call", "what it does", "the reply's fields"], callRows())}

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
