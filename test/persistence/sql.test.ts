import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What Postgres knows of time and chance, and what drizzle makes of it. Both are handed in here (clock.ts, dice.ts). */
const FORBIDDEN =
  /\b(now|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday|random|random_normal|setseed|gen_random_uuid|uuidv4|uuidv7)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'(now|today|tomorrow|yesterday)'|\b(defaultNow|defaultRandom)\b/gi;

/** The one place where the database is asked for the time. */
const ALLOWED = ["src/clock.ts: clock_timestamp("];

/** Every text in a source file that is not a comment: strings, templates with their expressions left out, and names of methods. */
function textsOf(file: string, source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push(node.text);
    }
    if (ts.isPropertyAccessExpression(node)) texts.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return texts;
}

function forbiddenIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(FORBIDDEN) ?? []);
}

async function found(
  pattern: string,
  textsIn: (file: string, source: string) => string[],
): Promise<string[]> {
  const finds: string[] = [];
  let files = 0;
  for await (const file of glob(pattern, { cwd: ROOT })) {
    files++;
    const texts = textsIn(file, readFileSync(`${ROOT}${file}`, "utf8"));
    finds.push(...forbiddenIn(texts).map((what) => `${file}: ${what}`));
  }
  assert.ok(files > 0, `nothing matches ${pattern}`);
  return finds;
}

describe("the SQL of the server", () => {
  it("asks the database neither for the time nor for chance, but in the one place that measures the clock", async () => {
    assert.deepEqual(await found("src/**/*.ts", textsOf), ALLOWED);
  });

  it("gives no column a default that does", async () => {
    const withoutComments = (_: string, sql: string) => [sql.replaceAll(/--(?!>).*$/gm, "")];
    assert.deepEqual(await found("src/persistence/migrations/*.sql", withoutComments), []);
  });

  it("would be found out, however it is written", () => {
    const guilty = [
      'query("select now()")',
      `query(\`update players set at = \${column} , b = NOW ( ) where id = $1\`)`,
      "query({ text: 'select current_timestamp' })",
      `sql\`default \${x} and clock_timestamp() > $1\``,
      "query(\"select 'now'::timestamptz\")",
      'query("insert into t values (gen_random_uuid(), random())")',
      "moment().defaultNow()",
      "uuid().defaultRandom()",
    ];
    for (const source of guilty) assert.notDeepEqual(forbiddenIn(textsOf("x.ts", source)), [], source);
    const innocent = [
      "// now() is never called",
      "const nowMs = clock.nowMs(); now(); random();",
      'query("select nowhere(1), known(2), snow from current_ship")',
    ];
    for (const source of innocent) assert.deepEqual(forbiddenIn(textsOf("x.ts", source)), [], source);
  });
});
