import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { DOCUMENTS } from "../../src/cli/docs-content.ts";

describe("the documents written from the code", () => {
  for (const { path, content } of DOCUMENTS) {
    it(`${path} is what the code says today (else: npm run docs)`, () => {
      const written = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
      assert.equal(written, content());
    });
  }
});
