import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { DOCUMENTS } from "../../src/cli/docs-content.ts";
import { Refusal } from "../../src/errors.ts";
import { refusedEnvelope } from "../../src/rooms/envelopes.ts";
import { refusedReply } from "../../src/rooms/inbox.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Objects whose fields depend on what they are about, or are described elsewhere. */
const OPEN_OBJECTS = ["detail", "rewards[].meta", "reward.meta", "obstacles[].detail", "seat"];

describe("the documents written from the code", () => {
  for (const { path, content } of DOCUMENTS) {
    it(`${path} is what the code says today (else: npm run docs)`, () => {
      assert.equal(read(path), content());
    });
  }

  it("show the fields of each object in a message, an event or an answer", () => {
    const lines = read("docs/protocol.md").split("\n");
    const hidden = lines.flatMap((line, index) => {
      const [, name, type] = /^\| `(.+?)\??` \| (.*?) \|/.exec(line) ?? [];
      if (name === undefined || type === undefined || !/\bobject\b/.test(type)) return [];
      const next = lines[index + 1] ?? "";
      const isShown = [".", "[].", ".*."].some((joint) => next.startsWith(`| \`${name}${joint}`));
      return isShown || OPEN_OBJECTS.includes(name) ? [] : [name];
    });
    assert.deepEqual(hidden, []);
  });

  it("tell of a refusal exactly what a room sends", () => {
    const { body } = refusedReply("r", new Refusal("no_such_warp", { sectorId: 3 }));
    assert.deepEqual(refusedEnvelope.parse(body), body);
  });
});
