/**
 * Where JSON stops being JSON, which the engine says of most mistakes but not of a token that it does not expect.
 * @returns "line 3, column 5"; null when it cannot be told
 */
export function placeOfMistake(text: string, reason: string): string | null {
  const token = /^Unexpected token '(.+?)'/u.exec(reason)?.[1];
  if (token === undefined) return null;
  // The longest beginning that could still become JSON ends right before the mistake.
  let open = 0;
  let broken = text.length;
  while (broken - open > 1) {
    const middle = Math.floor((open + broken) / 2);
    if (couldGoOn(text.slice(0, middle))) open = middle;
    else broken = middle;
  }
  if (!text.startsWith(token, open)) return null;
  const lines = text.slice(0, open).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Whether nothing is wrong with it but that it ends. */
function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    const position = / at position (\d+)/.exec(reason)?.[1];
    return /^Unexpected end|^Unterminated/.test(reason) || Number(position ?? -1) >= beginning.length;
  }
}
