import { writeFileSync } from "node:fs";
import { runCommand } from "./command.ts";
import { DOCUMENTS } from "./docs-content.ts";
import { parseFlags } from "./usage.ts";

const USAGE = `Writes the documents that come from the code. A test fails while they are stale.

npm run docs

Exit codes: 0 all are written, 1 one could not be, 2 wrong flags.
`;

await runCommand({
  usage: USAGE,
  run: async (args) => {
    parseFlags({ args: [...args], options: {} });
    for (const { path, content } of DOCUMENTS) {
      writeFileSync(new URL(`../../${path}`, import.meta.url), content());
      console.log(`wrote ${path}`);
    }
    return 0;
  },
});
