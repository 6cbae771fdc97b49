import { describeConfig, loadConfig } from "../config.ts";
import { ERRORS } from "../errors.ts";
import { INVARIANT_TEXTS } from "../persistence/invariants.ts";
import { REPLAY_TEXTS } from "../persistence/replay.ts";
import { godotApi, godotCodes, godotMessages, godotReference } from "./docs-godot-api.ts";
import { godotAnswers } from "./docs-godot-calls.ts";
import { godotState } from "./docs-godot-state.ts";
import { metricsPage } from "./docs-metrics.ts";
import { openApi } from "./docs-openapi.ts";
import { protocolData, protocolPage } from "./docs-protocol.ts";
import { table } from "./docs-tables.ts";

const NOTE = "<!-- Written by `npm run docs` from the code; do not edit by hand. -->";
const GDSCRIPT_NOTE = "# Written by `npm run docs` from the server's code; do not edit by hand.";

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, [status, message]]) => [
    `\`${code}\``,
    String(status),
    message,
  ]);
  return `${NOTE}

# Codes

One code has one meaning, in a room as over HTTP (where it comes with the status).

${table(["code", "status", "meaning, and what to do"], rows)}
`;
}

function settingsPage(): string {
  const lines = describeConfig(loadConfig({})).join("\n");
  return `${NOTE}

# Settings

Environment variables, as \`npm start -- --print-config\` lists them: name, value, meaning.

\`\`\`text
${lines}
\`\`\`

## Invariants

What \`npm run audit\` holds against the database:

${table(
  ["name", "what holds"],
  [...INVARIANT_TEXTS, ...REPLAY_TEXTS].map(({ name, says }) => [`\`${name}\``, says]),
)}
`;
}

/** Every document that is written from the code. */
export const DOCUMENTS: readonly { path: string; content: () => string }[] = [
  { path: "docs/protocol.md", content: () => `${NOTE}\n\n${protocolPage()}` },
  { path: "docs/protocol.json", content: () => `${JSON.stringify(protocolData(), null, 2)}\n` },
  { path: "docs/openapi.json", content: () => `${JSON.stringify(openApi(), null, 2)}\n` },
  { path: "docs/errors.md", content: errorsPage },
  { path: "docs/settings.md", content: settingsPage },
  { path: "docs/godot-reference.md", content: () => `${NOTE}\n\n${godotReference()}` },
  { path: "godot/sectorkeep/state.gd", content: () => `${GDSCRIPT_NOTE}\n${godotState()}` },
  { path: "godot/sectorkeep/messages.gd", content: () => `${GDSCRIPT_NOTE}\n${godotMessages()}` },
  { path: "godot/sectorkeep/answers.gd", content: () => `${GDSCRIPT_NOTE}\n${godotAnswers()}` },
  { path: "godot/sectorkeep/api.gd", content: () => `${GDSCRIPT_NOTE}\n${godotApi()}` },
  { path: "godot/sectorkeep/codes.gd", content: () => `${GDSCRIPT_NOTE}\n${godotCodes()}` },
  { path: "docs/metrics.md", content: () => `${NOTE}\n\n${metricsPage()}` },
];
