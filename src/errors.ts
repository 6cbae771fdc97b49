/**
 * The one catalogue of refusals. A code means the same thing over a room and over HTTP: `status` is what HTTP
 * answers, and what a refused join carries. `message` says what happened and what to do next.
 */
export const ERRORS = {
  // The request itself
  invalid_message: [
    400,
    "The message does not have the documented shape. Correct the fields named in detail and send it again.",
  ],
  malformed_json: [400, "The body is not JSON. Send a JSON object in UTF-8, or nothing."],
  unknown_message: [400, "There is no message of that type. See docs/protocol.md for those there are."],
  request_id_reused: [
    409,
    "This requestId (Idempotency-Key) was used for another request. Send a new one with a new request.",
  ],
  too_many_keys: [
    429,
    "You have sent detail.keysMax requests with an Idempotency-Key in 24 hours. Use a key again only to repeat its request; come back later with new ones.",
  ],
  body_too_large: [413, "The request body is too large. Send less."],
  body_too_slow: [408, "The request body took too long to arrive. Send it again over a better line."],
  not_found: [404, "There is nothing at this address. See docs/protocol.md for the routes there are."],
  feature_disabled: [
    404,
    "That part of the game is not open here yet: the installation is in detail.phase, and it opens with detail.opensWith.",
  ],
  method_not_allowed: [405, "This address does not take that method. See docs/protocol.md."],
  too_many_requests: [429, "Too many requests from this address. Wait for retryAfterMs, then try again."],
  unknown_surface: [
    400,
    "appSurface (x-app-surface) names no known surface. Send one of detail.known, or none of the three.",
  ],
  unknown_mission: [
    400,
    "missionId (x-mission-id) names no mission there is. Send one of detail.known, or none while on no mission.",
  ],
  client_too_old: [400, "This client speaks another version of the protocol. Join with {protocol: 1}."],

  // Who is asking
  token_missing: [
    401,
    "Sign in first: send Authorization: Bearer <token>, from your issuer or from POST /auth/guest.",
  ],
  token_invalid: [401, "The token is not valid here. Sign in again."],
  token_expired: [401, "The token has expired. Sign in again."],
  issuer_unavailable: [
    503,
    "The issuer of tokens has not been reached yet, so nobody can be let in. Try again in a few seconds.",
  ],
  banned: [
    403,
    "You may not play here until untilMs, or until an operator lifts it where that is null; reason says why.",
  ],
  guests_off: [403, "Guests are switched off here. Sign in with the game's own account."],

  // The server's own state
  busy: [503, "The server has more unfinished work than it may hold. Try again in a second."],
  store_unavailable: [
    503,
    "The database, or the Redis that servers find each other by, cannot be reached. Send the same request again in a few seconds; what was asked over HTTP may have been done.",
  ],
  clock_skew: [
    503,
    "The server's clock has jumped and is being checked. Nothing was done; try again in a second.",
  ],
  draining: [503, "This process is shutting down. Join again; another one takes over."],
  internal: [500, "Something went wrong here. Nothing was charged; the operator's log has the details."],
  not_ready: [503, "This process should not be sent players now. What is amiss is in reasons."],
  operators_only: [
    403,
    "This is for operators: ask from a private address and past no proxy, or send METRICS_TOKEN as bearer token.",
  ],

  // Joining
  room_not_offered: [404, "There is no such room. Join the room 'sector' with {sectorId}, or 'galaxy'."],
  harvest_not_found: [404, "You have no such harvest, or it has not ended yet: then its room knows of it."],
  sector_not_found: [404, "There is no sector with that id. Your own is told by GET /me."],
  not_in_sector: [409, "Your ship is in another sector. Join the one in sectorId."],
  sector_full: [503, "That sector holds as many ships as it may. Choose another warp, or try again later."],
  seat_expired: [410, "The seat is no longer kept. Ask GET /me where your ship is and join again."],
  superseded: [
    409,
    "Another client has taken control of this ship meanwhile. Join again only to take it back.",
  ],
  sector_asleep: [
    404,
    "Nobody is in this sector, so there is no live room. Read GET /sectors/{sectorId} instead.",
  ],
  spectators_off: [403, "Spectators are not allowed here. Sign in and join as a pilot."],
  too_many_spectators: [503, "There are as many spectators here as there may be. Try again later."],
  spectators_cannot_act: [403, "You are watching. Join without {spectate: true} to act."],

  // The ship
  ship_not_found: [404, "There is no such ship. Leave shipId out to use the ship you fly."],
  not_your_ship: [403, "That ship belongs to somebody else. Leave shipId out to use the ship you fly."],
  ship_destroyed: [409, "That ship was destroyed. Leave shipId out to use the ship you fly."],
  no_active_ship: [
    409,
    "That ship is not flown any more: it was destroyed, or left for another. Choose one of the sector's ships.",
  ],
  ship_busy: [409, "Your ship is already doing something. Wait until it ends."],
  ship_mining: [409, "Your ship is mining and holds its place. Wait until the harvest ends."],
  ship_in_combat: [409, "Your ship is in a fight. Wait for its end, or flee."],
  must_be_undocked: [409, "Your ship is docked. Undock first."],
  must_be_docked: [409, "That is done at a station. Dock first."],
  insufficient_turns: [409, "You have too few turns left. They come back with time; see nextTurnAtMs."],

  // Mining
  already_mining: [409, "Your ship is mining already. Wait until the harvest ends."],
  not_an_asteroid_field: [409, "This sector is no asteroid field. Warp to one."],
  no_mining_laser: [
    409,
    "Your ship has no Mining Laser. Fit one at a station (install_laser), or fly a ship that has one.",
  ],
  cargo_full: [409, "Your hold has no free unit. Free one before you mine."],
  sector_on_cooldown: [409, "You harvested this depleted field less than a day ago. Come back at retryAtMs."],

  // Stations
  station_does_not_buy: [
    409,
    "This station does not buy that. Sell what detail.buys lists, or go to a station of another class.",
  ],
  insufficient_credits: [409, "You have too few credits. Sell something first; detail.needed is the price."],
  laser_does_not_fit: [
    409,
    "This hull carries no Mining Laser. A Cargo Hauler, Colony Ship or Defender does.",
  ],
  laser_already_fitted: [409, "Your ship has a Mining Laser already. Upgrade it, or take it out first."],
  laser_at_max_level: [409, "Your Mining Laser has the highest level there is. Nothing is left to buy."],
  station_cannot_upgrade: [
    409,
    "Only stations of class 7 and above upgrade Mining Lasers. Dock at one of those.",
  ],
  not_docked_at_am_station: [
    409,
    "Licences are sold at refineries of the Astral Mining Consortium. Dock at one: GET /mining/refineries lists them.",
  ],
  license_sector_not_asteroid: [409, "That sector is no asteroid field. Choose one that is."],
  sector_not_am_claimed: [
    409,
    "The Astral Mining Consortium does not claim that sector. Mine there without a licence.",
  ],
  standing_too_low: [
    403,
    "The faction sells that hull to those it trusts more. Raise your standing to detail.min.",
  ],
  hull_not_for_sale: [409, "That hull is not for sale. GET /shipyard lists those that are."],
  too_many_ships: [409, "You own as many ships as one may. Sell one first."],
  cargo_does_not_fit: [409, "Your cargo does not fit into that ship. Sell some of it first."],
  ship_not_empty: [409, "That ship still carries cargo. Board it and sell that first."],
  ship_not_here: [409, "That ship of yours is not at this station. GET /me/ships says where it is."],
  ship_in_use: [409, "You are flying that ship. Board another one first."],
  hold_too_small: [409, "Your hold has less room than that. detail.free says how much fits."],
  not_enough_cargo: [409, "You carry less than that. Sell what detail.held says at most."],

  // Incidents
  sector_evacuated: [
    409,
    "A storm has this sector evacuated, and nobody mines until detail.untilMs. Mine elsewhere, or wait.",
  ],
  incident_not_found: [404, "There is no such incident. GET /incidents lists those there are."],
  incident_open: [
    409,
    "Something has befallen that sector already. Wait for its end, or choose another sector.",
  ],
  incident_closed: [409, "That incident takes no answers any more. GET /incidents lists those that do."],
  already_responded: [
    409,
    "You have reacted to that incident. Wait for its end: incident_resolved tells of it.",
  ],
  reaction_not_found: [404, "You have begun no such reaction. Begin one; beginning again tells the same."],
  reaction_too_fast: [
    422,
    "The reaction was sent in sooner than its cues last. Play it to its end, detail.lastsMs after its start.",
  ],
  reaction_expired: [
    410,
    "The reaction was begun too long ago, and there is one for each incident. Classify it, or answer another.",
  ],
  wrong_surface: [
    403,
    "That is done in a game: send x-app-surface of a Godot surface, the same with which you began.",
  ],
  survey_over: [409, "That week's survey is over. Read GET /surveys/current and answer that one."],

  // Guild contracts
  contract_not_found: [404, "There is no such contract. GET /contracts/current lists this week's."],
  contract_not_active: [
    409,
    "That contract is active from detail.startsAtMs until detail.endsAtMs. GET /contracts/current lists this week's.",
  ],
  not_a_member: [403, "You are not in that contract. Join it with POST /contracts/{contractId}/join."],
  source_not_found: [
    404,
    "You have done nothing of that id. Name a harvest, run or classification of your own.",
  ],
  source_not_counted: [
    409,
    "That counts for nothing towards this contract: detail.reason says why. Bring something else.",
  ],
  already_contributed: [
    409,
    "You have brought that to the contract in detail.contractId. Bring something else to this one.",
  ],
  contribution_limit: [
    429,
    "You have brought as many of these to this contract as count in a day (UTC). Bring others, or come back tomorrow.",
  ],
  subject_not_found: [
    404,
    "That contract has no such subject. GET /contracts/{contractId}/subjects gives some.",
  ],
  unknown_answer: [400, "That is not said of these subjects. Choose one of detail.answers."],

  // Combat
  cannot_attack_self: [409, "You cannot attack yourself. Choose another ship."],
  friendly_fire: [409, "That pilot is on your team. Choose another ship."],
  escape_pods_are_indestructible: [409, "Escape pods cannot be attacked. Choose another ship."],
  escape_pods_cannot_attack: [409, "Escape pods have no weapons. Dock at a station and claim a hull first."],
  target_invulnerable: [409, "That ship is harmonizing and cannot be attacked. Wait until it has ended."],
  ERR_DOCKED_SHIP_PROTECTED: [409, "That ship is docked at a guarded station. Wait until it undocks."],
  not_in_your_sector: [409, "That ship is not in your sector. Choose one of the sector's ships."],
  combat_forbidden_here: [409, "This region forbids combat. Warp to one that allows it."],
  target_in_combat: [409, "That ship is in a fight with somebody else. Wait for its end."],
  not_in_combat: [
    409,
    "Your ship is in no fight, so there is nothing to flee from. The fight may have ended: see combat_resolved.",
  ],

  // Bookmarks
  not_joined_yet: [409, "You have no pilot yet. Join the sector that GET /me names first."],
  too_many_bookmarks: [409, "You keep an eye on as many sectors as one may. Remove a bookmark first."],

  // Rewards
  insufficient_balance: [409, "You have less than that of it. GET /me/balances says how much you have."],

  // Expeditions
  mission_not_on_surface: [
    409,
    "That mission cannot be played on that surface. Choose one of detail.surfaceKinds, or another mission.",
  ],
  mission_not_available: [
    409,
    "The sector's state does not allow that mission now. Wait for its end, or choose another sector or mission.",
  ],
  field_too_poor: [
    409,
    "That field is too poor for the mission. Choose one of tier detail.needed or better.",
  ],
  research_needed: [403, "That loadout has not been researched. POST /me/research, or take another one."],
  too_many_runs: [
    429,
    "You have as many open runs as you may, or one of that mission. Finish or cancel one of detail.open.",
  ],
  daily_limit: [429, "You have begun as many runs as a day allows. Come back after midnight UTC."],
  ledger_closed: [
    403,
    "Rewards are written by the server alone. Complete runs, claim the day, contribute or answer incidents; GET /me/rewards reads yours.",
  ],
  run_not_found: [404, "You have no such run. GET /me/mission-log lists yours."],
  run_not_started: [409, "That run has not been started. POST /runs/{runId}/start with its token first."],
  run_not_open: [409, "That run has ended; detail.status says how. Create another one."],
  run_expired: [410, "That run's time is up, and its token's. Create another one."],
  run_token_invalid: [
    401,
    "The run's token is not valid: send the one that POST /runs gave for this run, unchanged.",
  ],
  token_user_mismatch: [403, "That run was made for another user. Sign in as that user, or create a run."],
  token_surface_mismatch: [
    403,
    "That run was made for another surface. Play it there, or create one for this surface.",
  ],
  metrics_mismatch: [
    422,
    "Sector or seed are not those of the run. The run is rejected; create another one.",
  ],
  score_out_of_range: [422, "The score is higher than the mission gives. The run is rejected."],
  objective_proof_missing: [
    422,
    "The objectives are not those of the run, in its order, with its nonces. The run is rejected.",
  ],
  duration_below_floor: [
    422,
    "The run was shorter than the mission takes at least. The run is rejected; play it to its end.",
  ],
  nothing_to_claim: [
    409,
    "You have completed no run of that template today (UTC), long enough to count. Play one, then claim.",
  ],
  referral_unknown: [404, "Nobody has that referral code. Ask whoever gave it to you."],
  referral_own: [409, "That is your own referral code. Give it to somebody else."],
  referral_mutual: [409, "You brought that user along yourself. Somebody else can have brought you."],
  referral_too_early: [409, "Complete an expedition first, then say who brought you along."],
  referral_used: [409, "You have said already who brought you along. That can be said once."],
  research_not_ready: [
    409,
    "That cannot be researched yet: it needs detail.after first, and detail.cluesMin anomaly clues.",
  ],

  // Moving
  no_such_warp: [409, "No warp leads there from here. The sector's warps lists where you can go."],
  territory_closed: [
    403,
    "The faction that holds that sector does not let you in. Raise your standing with it.",
  ],
  ERR_GALACTIC_CITIZEN_REQUIRED: [
    403,
    "Only Galactic Citizens enter the Central Nexus. Become one, or choose another warp.",
  ],
  ERR_REGION_NEW_RESIDENTS_BLOCKED: [
    403,
    "That region takes nobody in at present. Choose another warp, or come back later.",
  ],
  already_docked: [409, "Your ship is docked already. Undock first."],
  not_docked: [409, "Your ship is not docked, so there is nothing to undock from."],
  station_not_here: [409, "There is no such station in this sector. The sector's stations lists them."],
  ship_not_lost: [409, "You still fly a ship. A new hull is for pilots in an escape pod."],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** Values that help the reader of one refusal: which field, which sector, when to try again. */
export type RefusalDetail = Readonly<Record<string, unknown>>;

/** A request that is refused by the rules: told to whoever asked, never logged as a fault. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly detail: RefusalDetail;

  constructor(code: ErrorCode, detail: RefusalDetail = {}) {
    super(ERRORS[code][1]);
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
  }

  /** The HTTP status of this refusal. */
  get status(): number {
    return ERRORS[this.code][0];
  }
}

/** What zod says is wrong, as much of it as a refusal repeats. */
interface SchemaError {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** The refusal of something that does not fit its schema: which fields, and what is wrong with each. */
export function invalidMessage({ issues }: SchemaError, detail: RefusalDetail = {}): Refusal {
  const found = issues.map(({ path, message }) => ({ field: path.join("."), problem: message }));
  return new Refusal("invalid_message", { ...detail, issues: found });
}
