/**
 * Imports run one way. A part of src/ may import what its line names, itself, and the shared pieces, nothing else.
 * Checked by `npm run check`.
 */
const SHARED = ["errors", "clock", "dice", "uuid", "canonical-json"];

const MAY_IMPORT = {
  // The game as pure functions: no I/O, no clock, no dice of their own. A name's uuid is a pure function of the name.
  rules: ["uuid"],
  // What clients see.
  schema: [],
  errors: [],
  clock: [],
  dice: [],
  uuid: [],
  "canonical-json": [],
  // What a setting may be can be a rule of the game.
  config: ["rules"],
  telemetry: ["config"],
  "colyseus-settings": [],
  identity: ["config", "telemetry", "rules"],
  persistence: ["rules", "telemetry"],
  jobs: ["persistence", "rules", "telemetry", "config"],
  http: ["persistence", "rules", "identity", "telemetry", "config"],
  transport: ["http", "telemetry", "config", "colyseus-settings"],
  commands: ["schema", "persistence", "rules", "telemetry"],
  rooms: ["commands", "schema", "persistence", "rules", "identity", "http", "telemetry", "colyseus-settings"],
  server: [
    ...["rooms", "commands", "http", "jobs", "transport", "identity", "persistence", "rules", "telemetry"],
    ...["config", "colyseus-settings"],
  ],
};

/** They put the parts together, so they know all but the state that rooms alone hold. */
const COMPOSITION = ["main", "game", "cli"];

/** A part is a folder of src/, or the file of that name beside it, or both. */
const part = (name) => `^src/${name}(/|[.]ts$)`;
const parts = (names) => names.map(part);

const floors = Object.entries(MAY_IMPORT).map(([name, named]) => {
  const allowed = name === "rules" ? named : [...named, ...SHARED];
  return {
    name: `${name}-imports-its-own-floor`,
    comment: `src/${name} may import only: ${allowed.join(", ")}.`,
    severity: "error",
    from: { path: part(name) },
    to: { path: "^src/", pathNot: parts([name, ...allowed]) },
  };
});

module.exports = {
  forbidden: [
    ...floors,
    {
      name: "rules-import-nothing",
      comment: "A rule that needs a package or Node is no pure function.",
      severity: "error",
      from: { path: part("rules") },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "schema-for-rooms-and-commands",
      comment: "What clients see is written by rooms and commands alone.",
      severity: "error",
      from: { path: "^src/", pathNot: parts(["schema", "rooms", "commands"]) },
      to: { path: part("schema") },
    },
    {
      name: "only-known-parts",
      comment: "A new part of src/ gets its line in MAY_IMPORT first.",
      severity: "error",
      from: { path: "^src/", pathNot: parts([...Object.keys(MAY_IMPORT), ...COMPOSITION]) },
      to: {},
    },
    {
      name: "nobody-imports-the-composition",
      comment: "Where things start, nothing depends on.",
      severity: "error",
      from: { path: "^src/", pathNot: parts(COMPOSITION) },
      to: { path: parts(COMPOSITION) },
    },
    {
      name: "game-without-commands",
      comment: "A game runs under whatever starts it: a command at a terminal, a load test, a test.",
      severity: "error",
      from: { path: part("game") },
      to: { path: part("cli") },
    },
    {
      name: "page-shares-rules-alone",
      comment:
        "Browsers load what the page imports: of the server only its rules, and the types of its state.",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^(src|test|loadtest)/", pathNot: [part("rules"), part("schema")] },
    },
    {
      name: "page-knows-state-as-types",
      comment: "Clients read the state's form from the room, not from our classes.",
      severity: "error",
      from: { path: "^web/" },
      to: { path: part("schema"), dependencyTypesNot: ["type-only"] },
    },
    {
      name: "server-without-its-page",
      comment: "The server serves what is built from web/, and knows nothing of it.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^web/" },
    },
    {
      name: "product-without-its-tests",
      comment: "What is shipped does not need what tests it.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|loadtest)/" },
    },
    {
      name: "no-circles",
      comment: "Two files that need each other are one file, or hide a third.",
      severity: "error",
      from: {},
      // Types are gone when the program runs. Tables refer to each other's keys, in functions that run later.
      to: {
        circular: true,
        viaOnly: { dependencyTypesNot: ["type-only"], pathNot: "^src/persistence/tables/" },
      },
    },
    {
      name: "drizzle-on-demand",
      comment:
        "Loading drizzle takes a second of a start's CPU (persistence/drizzle.ts). What a table may hold is a constant of rules/.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: "^src/persistence/(tables/|(drizzle|world|world-summary|galaxy-export)[.]ts$)",
      },
      to: {
        path: ["^src/persistence/(tables/|drizzle[.]ts$)", "node_modules/drizzle-orm/"],
        dependencyTypesNot: ["type-only", "dynamic-import"],
      },
    },
    {
      name: "resolvable",
      comment: "The module cannot be found.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // A package of its own, with dependencies of its own.
    exclude: { path: "^loadtest/colyseus/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "types"] },
  },
};
