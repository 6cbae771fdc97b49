import type { z } from "zod";

/** What a field has to be, for the people who write galaxy files. */
const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

/** @returns what is wrong with a field, to stand behind its place in the file; undefined: what the schema says */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    const kind = KINDS[issue.expected] ?? issue.expected;
    return issue.input === undefined ? `is missing; it has to be ${kind}` : `has to be ${kind}`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map((value) => JSON.stringify(value));
    const wanted = values.length === 1 ? values[0] : `one of ${values.join(", ")}`;
    return issue.input === undefined ? `is missing; it has to be ${wanted}` : `has to be ${wanted}`;
  }
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    return `there is no such field here: ${names}`;
  }
  if (issue.code === "too_small") return `has to be ${lengthOf(issue.origin)}${issue.minimum} or more`;
  if (issue.code === "too_big") return `has to be ${lengthOf(issue.origin)}${issue.maximum} or less`;
  return undefined;
}

/** "3 or more" of a number, "of length 3 or more" of a text or a list. */
function lengthOf(origin: string): string {
  return origin === "string" || origin === "array" ? "of length " : "";
}
