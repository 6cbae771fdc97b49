import { ensurePage } from "../http/site-build.ts";
import { runCommand } from "./command.ts";
import { parseFlags } from "./usage.ts";

const USAGE = `Builds the page that the server serves, unless it is built already, and says what browsers have to load.

  npm run page

  --help           this text

Exit codes: 0 it is there, 1 it could not be built, 2 wrong flags.
`;

await runCommand({
  usage: USAGE,
  run: async (args) => {
    parseFlags({ args: [...args], options: {} });
    const site = await ensurePage((line) => console.log(line));
    const sizes = [["index.html", site.index] as const, ...site.assets];
    let total = 0;
    for (const [name, { bytes, gzip }] of sizes) {
      const size = (gzip ?? bytes).length;
      total += size;
      console.log(`${String(size).padStart(8)}  ${name}`);
    }
    console.log(`${String(total).padStart(8)}  bytes in all, as they are sent`);
    return 0;
  },
});
