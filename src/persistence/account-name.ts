import { userInfo } from "node:os";

/** Who this process runs as: the account's name, or its number where the system has none for it, as in some containers. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}
