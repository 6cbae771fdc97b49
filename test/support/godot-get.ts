/**
 * `npm run godot:get`: a Godot 4 for the tests, into `.data/godot`. Debian's own package, with the libraries that it needs
 * beside it, unpacked and not installed: nothing outside that folder changes. Needs apt and dpkg, not root.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GODOT_FETCHED, GODOT_FOLDER, godotVersion } from "./godot.ts";

/** Godot 4 is in no stable Debian yet. */
const SUITE = "sid";
const PACKAGE = "godot";
/** Documents and the like, which nobody reads there. */
const NOT_NEEDED = [
  "usr/share/doc",
  "usr/share/locale",
  "usr/share/man",
  "usr/share/lintian",
  "var",
  "etc/init.d",
];

const at = (...parts: string[]) => path.join(GODOT_FOLDER, ...parts);
const run = (command: string, args: string[], env: Record<string, string> = {}) =>
  execFileSync(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  }).toString();

/** apt with a world of its own in the folder: its own sources, its own idea of what is installed, which is nothing. */
function aptConfig(): string {
  for (const folder of [
    "apt/lists/partial",
    "apt/cache/archives/partial",
    "apt/etc/preferences.d",
    "apt/etc/apt.conf.d",
  ])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("apt/status"), "");
  writeFileSync(
    at("apt/etc/sources.list"),
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian ${SUITE} main\n`,
  );
  writeFileSync(
    at("apt/apt.conf"),
    [
      `Dir::State "${at("apt")}";`,
      `Dir::State::lists "${at("apt/lists")}";`,
      `Dir::State::status "${at("apt/status")}";`,
      `Dir::Cache "${at("apt/cache")}";`,
      `Dir::Etc "${at("apt/etc")}";`,
      'Dir::Etc::sourceparts "-";',
      'APT::Install-Recommends "false";',
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      "// A mirror that is behind is still a signed one, and nothing of this is kept for long.",
      'Acquire::Check-Valid-Until "false";',
    ].join("\n"),
  );
  return at("apt/apt.conf");
}

/** Godot's own libraries come first; its loader goes with them, since they may be newer than this machine's. */
function writeLauncher(): void {
  const libraries = run("find", [at("root/usr/lib"), "-name", "*.so*", "-printf", "%h\n"]);
  const folders = [...new Set(libraries.trim().split("\n"))].filter((folder) => !folder.includes("gconv"));
  const [loader] = run("find", [at("root/usr"), "-name", "ld-linux-*.so.*"])
    .trim()
    .split("\n");
  writeFileSync(
    GODOT_FETCHED,
    `#!/bin/sh\nexec "${loader}" --library-path "${folders.join(":")}" "${at("root/usr/bin/godot")}" "$@"\n`,
  );
  chmodSync(GODOT_FETCHED, 0o755);
}

function get(): void {
  rmSync(GODOT_FOLDER, { recursive: true, force: true });
  const config = { APT_CONFIG: aptConfig() };
  console.log(`Asking Debian ${SUITE} for ${PACKAGE} …`);
  run("apt-get", ["update", "-qq"], config);
  run("apt-get", ["install", "-y", "-qq", "--download-only", PACKAGE], config);
  const archives = at("apt/cache/archives");
  const packages = readdirSync(archives).filter((name) => name.endsWith(".deb"));
  for (const name of packages) run("dpkg-deb", ["-x", path.join(archives, name), at("root")]);
  for (const folder of ["apt", ...NOT_NEEDED.map((name) => path.join("root", name))])
    rmSync(at(folder), { recursive: true, force: true });
  writeLauncher();
  console.log(`${packages.length} packages unpacked.`);
}

try {
  if (godotVersion(GODOT_FETCHED) === null) get();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(
    "No Godot: this needs apt-get, dpkg-deb, Debian's keyring and deb.debian.org. Or set GODOT_BIN to a Godot of yours.",
  );
  process.exit(1);
}
const version = godotVersion(GODOT_FETCHED);
if (version === null) throw new Error(`What was unpacked into ${GODOT_FOLDER} does not run.`);
console.log(`Godot ${version}: ${GODOT_FETCHED}`);
