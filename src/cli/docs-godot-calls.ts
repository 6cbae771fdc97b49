import {
  dictionaryOf,
  type Field,
  fieldsOf,
  nodeOf,
  parameterNotes,
  parametersOf,
  pascal,
  snake,
} from "./docs-godot-fields.ts";
import { describeRoutes } from "./docs-protocol.ts";

/** The routes that a game calls, by the name that they have in GDScript. Those of runs are in `expedition.gd`. */
const CALLS = {
  missions: "GET /missions",
  mission_log: "GET /me/mission-log",
  inventory: "GET /me/inventory",
  rewards: "GET /me/rewards",
  research: "POST /me/research",
  claim_daily: "POST /me/daily-claims",
  current_contracts: "GET /contracts/current",
  contract_progress: "GET /contracts/:contractId/progress",
  join_contract: "POST /contracts/:contractId/join",
  contribute: "POST /contracts/:contractId/contributions",
  contract_subjects: "GET /contracts/:contractId/subjects",
  classify: "POST /contracts/:contractId/classifications",
  leaderboard: "GET /leaderboard",
  incidents: "GET /incidents",
  incident: "GET /incidents/:incidentId",
  classify_incident: "POST /incidents/:incidentId/classification",
  start_reaction: "POST /incidents/:incidentId/reactions",
  submit_reaction: "POST /incidents/:incidentId/reactions/:runId",
  sector_states: "GET /sector-states",
  boons: "GET /me/boons",
} as const;

/** What the objects in a field are called, where that is not the field's name. */
const CLASS_NAMES: Readonly<Record<string, string>> = { own: "Standing", tree: "ResearchSubject" };

interface CallData {
  readonly name: string;
  readonly summary: string;
  readonly reply: string;
  readonly method: string;
  readonly path: string;
  readonly inPath: readonly Field[];
  readonly inQuery: readonly Field[];
  readonly inBody: readonly Field[];
  readonly response: unknown;
}

function calls(): CallData[] {
  const routes = new Map(describeRoutes().map((route) => [`${route.method} ${route.path}`, route]));
  return Object.entries(CALLS).map(([name, at]) => {
    const route = routes.get(at);
    if (route === undefined) throw new Error(`${at} is no route any more`);
    const { method, path, summary, response } = route;
    return {
      ...{ name, summary, method, path, response, reply: `${pascal(name)}Reply` },
      inPath: fieldsOf(route.params),
      inQuery: fieldsOf(route.query),
      // A client says its surface in a header, once for all.
      inBody: fieldsOf(route.body).filter((field) => field.name !== "surface"),
    };
  });
}

const asked = ({ inPath, inQuery, inBody }: CallData) => [...inPath, ...inBody, ...inQuery];

function callFunction(call: CallData): string {
  const { name, summary, method, path, reply, inPath, inQuery, inBody } = call;
  const text = `"${path.replaceAll(/:\w+/g, "%s")}"`;
  const filled =
    inPath.length === 0
      ? text
      : `${text} % [${inPath.map((field) => `${snake(field.name)}.uri_encode()`).join(", ")}]`;
  const query = inQuery.length === 0 ? "" : dictionaryOf("query", inQuery);
  const body = method === "GET" ? "" : dictionaryOf("body", inBody);
  const arguments_ = [
    `HTTPClient.METHOD_${method}`,
    inQuery.length === 0 ? filled : `${filled} + _query_text(query)`,
    method === "GET" ? "null" : "body",
    `SectorkeepAnswers.${reply}`,
  ];
  return `## ${summary}${parameterNotes(asked(call))}
func ${name}(${parametersOf(asked(call)).join(", ")}) -> SectorkeepAnswers.${reply}:
${query}${body}	return await _call(${arguments_.join(", ")})`;
}

/** The functions of `godot/sectorkeep/api.gd` that call routes. */
export function callFunctions(): string[] {
  return calls().map(callFunction);
}

/** For the reference: call, what it does, what its reply has. */
export function callRows(): string[][] {
  const classes = new Classes();
  return calls().map((call) => [
    `\`await client.${call.name}(${parametersOf(asked(call)).join(", ")})\``,
    call.summary,
    fieldsOf(call.response)
      .map((field) => `\`${field.name}\` ${shownType(classes.member(field).type)}`)
      .join(", "),
  ]);
}

const shownType = (type: string) => (type === "Variant" ? "(may be null)" : type);

/** How a member is declared and filled. */
interface Member {
  readonly type: string;
  readonly empty: string;
  readonly reading: string;
}

/** The classes of what is inside answers, each once however many answers have it. */
class Classes {
  readonly texts = new Map<string, string>();

  member(field: Field): Member {
    const { name, type, empty, schema } = field;
    const { items, properties, anyOf } = schema;
    const plain = { type, empty, reading: `${name} = from.get("${name}", ${name})` };
    if (items !== undefined) return this.#list(field, items);
    if (properties !== undefined) {
      const of = this.#class(name, schema);
      return { type: of, empty: `${of}.new()`, reading: `${name} = ${of}.new(from.get("${name}", {}))` };
    }
    const inner = anyOf?.map(nodeOf).find((choice) => choice.properties !== undefined);
    if (inner === undefined) return plain;
    const of = this.#class(name, inner);
    return {
      ...{ type: of, empty: "null" },
      reading: `${name} = ${of}.new(from["${name}"]) if from.get("${name}") is Dictionary else null`,
    };
  }

  #list({ name }: Field, items: unknown): Member {
    const [element] = fieldsOf({ properties: { element: items } });
    if (element?.schema.properties === undefined) {
      const reading = `${name}.assign(from.get("${name}", []))`;
      return { type: `Array[${element?.type ?? "Variant"}]`, empty: "[]", reading };
    }
    const of = this.#class(singular(name), element.schema);
    const reading = `for each: Dictionary in from.get("${name}", []):\n\t\t\t${name}.append(${of}.new(each))`;
    return { type: `Array[${of}]`, empty: "[]", reading };
  }

  #class(called: string, schema: unknown): string {
    const name = CLASS_NAMES[called] ?? pascal(called);
    const text = `class ${name}:\n\textends RefCounted\n${this.bodyOf(schema, "_init(from := {})")}`;
    if ((this.texts.get(name) ?? text) !== text) throw new Error(`two different things are called ${name}`);
    this.texts.set(name, text);
    return name;
  }

  /** Members, and the function that fills them. */
  bodyOf(schema: unknown, filledBy: string): string {
    const members = fieldsOf(schema).map((field) => ({ ...field, ...this.member(field) }));
    const declared = members.map(
      ({ name, type, empty, description }) =>
        `${description === "" ? "" : `\t## ${description}\n`}\tvar ${name}: ${type} = ${empty}`,
    );
    return `${declared.join("\n")}\n\n\tfunc ${filledBy} -> void:\n${members.map(({ reading }) => `\t\t${reading}`).join("\n")}`;
  }
}

const singular = (name: string) => name.replace(/s$/, "");

/** `godot/sectorkeep/answers.gd`: what routes answer, as classes. */
export function godotAnswers(): string {
  const classes = new Classes();
  const replies = calls().map(({ name, reply, response }) => {
    const body = classes.bodyOf(response, "_read(from: Dictionary)");
    return `## The answer to [method SectorkeepApi.${name}].\nclass ${reply}:\n\textends SectorkeepReply\n${body}`;
  });
  return `class_name SectorkeepAnswers
extends RefCounted
## What is answered over HTTP, as classes. Fields have the names that they have on the wire.


${[...classes.texts.values(), ...replies].join("\n\n\n")}
`;
}
