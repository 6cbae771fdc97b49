import { writeFileSync } from "node:fs";
import { DOCUMENTS } from "./docs-content.ts";

/** `npm run docs`: writes the documents that come from the code. A test fails while they are stale. */
for (const { path, content } of DOCUMENTS) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), content());
  console.log(`wrote ${path}`);
}
