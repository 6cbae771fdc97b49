/** The game's names as people read them. */

const HULLS: Readonly<Record<string, string>> = {
  ESCAPE_POD: "Escape pod",
  LIGHT_FREIGHTER: "Light freighter",
  CARGO_HAULER: "Cargo hauler",
  FAST_COURIER: "Fast courier",
  CITIZEN_CLIPPER: "Citizen clipper",
  SCOUT_SHIP: "Scout",
  COLONY_SHIP: "Colony ship",
  DEFENDER: "Defender",
  CARRIER: "Carrier",
  WARP_JUMPER: "Warp jumper",
  NPC_MARSHAL_INTERDICTOR: "Marshal interdictor",
  NPC_SENTINEL_INTERDICTOR: "Sentinel interdictor",
};

const STATUSES: Readonly<Record<string, string>> = {
  IN_SPACE: "In space",
  DOCKED: "Docked",
  MINING: "Mining",
  IN_COMBAT: "Fighting",
  MAINTENANCE: "In maintenance",
  HARMONIZING: "Harmonizing",
};

/** What cannot be looked up is at least written like a word: `trade_hub` → `Trade hub`. */
export function plainWords(name: string): string {
  const words = name.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const hullName = (type: string) => HULLS[type] ?? plainWords(type);
export const statusName = (status: string) => STATUSES[status] ?? plainWords(status);

export function sectorTypeName(type: string): string {
  return type === "STANDARD" ? "Open space" : plainWords(type);
}

const ZONES: Readonly<Record<string, string>> = {
  FEDERATION: "Federation space",
  BORDER: "Border",
  FRONTIER: "Frontier",
  EXPANSE: "Expanse",
};
export const zoneName = (zone: string) => ZONES[zone] ?? plainWords(zone);

/** A faction's slug as its name: `astral_mining_consortium` → `Astral Mining Consortium`. */
export function factionName(slug: string): string {
  return slug.replaceAll("_", " ").replaceAll(/\b\w/g, (letter) => letter.toUpperCase());
}

const DEPLETION: Readonly<Record<string, { readonly name: string; readonly left: number }>> = {
  fresh: { name: "Fresh", left: 1 },
  light: { name: "Lightly mined", left: 0.95 },
  moderate: { name: "Half mined", left: 0.6 },
  heavy: { name: "Heavily mined", left: 0.25 },
  exhausted: { name: "Exhausted", left: 0.04 },
};

/** What a depletion state is called, and about how much of the field it leaves: how much exactly is nobody's to know. */
export function depletionOf(state: string): { readonly name: string; readonly left: number } {
  return DEPLETION[state] ?? { name: plainWords(state), left: 1 };
}

/** A time to come: `6 d 4 h`, `3 h 12 min`, `4 min 10 s`, `9 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
  return `${seconds} s`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

const INCIDENTS: Readonly<Record<string, { readonly name: string; readonly effect: string }>> = {
  storm: { name: "Storm", effect: "each warp out costs one turn more" },
  flare: { name: "Flare", effect: "harvests take twice as long" },
  debris_field: { name: "Debris field", effect: "harvests bring 10 % more" },
};

/** What befalls a sector, and what it does to those who are there once it has. */
export function incidentOf(type: string): { readonly name: string; readonly effect: string } {
  return INCIDENTS[type] ?? { name: plainWords(type), effect: "" };
}

const CAUSES: Readonly<Record<string, string>> = {
  pvp_attack: "an attack",
  npc_attack: "an attack",
  evacuation: "the evacuation of the sector",
  internal: "a fault of the server",
  cargo_full: "a full hold",
};
export const causeName = (cause: string) => CAUSES[cause] ?? plainWords(cause).toLowerCase();
