import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "../src/cli/usage.ts";

/**
 * Called before minutes of measuring are spent on figures that have nowhere to go.
 * @throws UsageError when nothing can be written to the file of `--json`
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new UsageError(`--json ${file} is a folder. Name a file in it.`);
  const folder = path.dirname(path.resolve(file));
  try {
    // The dot: a file in the place of the folder is refused, too.
    await access(found === null ? `${folder}${path.sep}.` : file, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new UsageError(
      `--json ${file} cannot be written${code}. Name a file in a folder that is there and that you may write to.`,
    );
  }
}
