import { access, constants, stat } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "./usage.ts";

/**
 * Called before minutes are spent on what has nowhere to go. Makes and changes nothing.
 * @param flag that names the file, with its dashes
 * @throws UsageError when nothing can be written to the file
 */
export async function refuseUnwritable(flag: string, file: string): Promise<void> {
  if (file === "") throw new UsageError(`${flag} is empty. Name a file after it.`);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory() || file.endsWith(path.sep))
    throw new UsageError(`${flag} ${file} is a folder. Name a file in it.`);
  const folder = path.dirname(path.resolve(file));
  try {
    // The dot: a file in the place of the folder is refused, too.
    await access(found === null ? `${folder}${path.sep}.` : file, constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new UsageError(
      `${flag} ${file} cannot be written${code}. Name a file in a folder that is there and that you may write to.`,
    );
  }
}
