# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepCodes
extends RefCounted
## Why something was refused: what [member SectorkeepReply.code] can be.

## There is no server at that address, or it has not answered.
const OFFLINE := "offline"
## The message does not have the documented shape. Correct the fields named in detail and send it again.
const INVALID_MESSAGE := "invalid_message"
## The body is not JSON. Send a JSON object in UTF-8, or nothing.
const MALFORMED_JSON := "malformed_json"
## There is no message of that type. See docs/protocol.md for those there are.
const UNKNOWN_MESSAGE := "unknown_message"
## This requestId (Idempotency-Key) was used for another request. Send a new one with a new request.
const REQUEST_ID_REUSED := "request_id_reused"
## You have sent detail.keysMax requests with an Idempotency-Key in 24 hours. Use a key again only to repeat its request; come back later with new ones.
const TOO_MANY_KEYS := "too_many_keys"
## The request body is too large. Send less.
const BODY_TOO_LARGE := "body_too_large"
## The request body took too long to arrive. Send it again over a better line.
const BODY_TOO_SLOW := "body_too_slow"
## There is nothing at this address. See docs/protocol.md for the routes there are.
const NOT_FOUND := "not_found"
## That part of the game is not open here yet: the installation is in detail.phase, and it opens with detail.opensWith.
const FEATURE_DISABLED := "feature_disabled"
## This address does not take that method. See docs/protocol.md.
const METHOD_NOT_ALLOWED := "method_not_allowed"
## Too many requests from this address. Wait for retryAfterMs, then try again.
const TOO_MANY_REQUESTS := "too_many_requests"
## appSurface (x-app-surface) names no known surface. Send one of detail.known, or none of the three.
const UNKNOWN_SURFACE := "unknown_surface"
## missionId (x-mission-id) names no mission there is. Send one of detail.known, or none while on no mission.
const UNKNOWN_MISSION := "unknown_mission"
## This client speaks another version of the protocol. Join with {protocol: 1}.
const CLIENT_TOO_OLD := "client_too_old"
## Sign in first: send Authorization: Bearer <token>, from your issuer or from POST /auth/guest.
const TOKEN_MISSING := "token_missing"
## The token is not valid here. Sign in again.
const TOKEN_INVALID := "token_invalid"
## The token has expired. Sign in again.
const TOKEN_EXPIRED := "token_expired"
## The issuer of tokens has not been reached yet, so nobody can be let in. Try again in a few seconds.
const ISSUER_UNAVAILABLE := "issuer_unavailable"
## You may not play here until untilMs, or until an operator lifts it where that is null; reason says why.
const BANNED := "banned"
## Guests are switched off here. Sign in with the game's own account.
const GUESTS_OFF := "guests_off"
## The server has more unfinished work than it may hold. Try again in a second.
const BUSY := "busy"
## The database, or the Redis that servers find each other by, cannot be reached. Send the same request again in a few seconds; what was asked over HTTP may have been done.
const STORE_UNAVAILABLE := "store_unavailable"
## The server's clock has jumped and is being checked. Nothing was done; try again in a second.
const CLOCK_SKEW := "clock_skew"
## This process is shutting down. Join again; another one takes over.
const DRAINING := "draining"
## Something went wrong here. Nothing was charged; the operator's log has the details.
const INTERNAL := "internal"
## This process should not be sent players now. What is amiss is in reasons.
const NOT_READY := "not_ready"
## This is for operators: ask from a private address and past no proxy, or send METRICS_TOKEN as bearer token.
const OPERATORS_ONLY := "operators_only"
## There is no such room. Join the room 'sector' with {sectorId}, or 'galaxy'.
const ROOM_NOT_OFFERED := "room_not_offered"
## You have no such harvest, or it has not ended yet: then its room knows of it.
const HARVEST_NOT_FOUND := "harvest_not_found"
## There is no sector with that id. Your own is told by GET /me.
const SECTOR_NOT_FOUND := "sector_not_found"
## Your ship is in another sector. Join the one in sectorId.
const NOT_IN_SECTOR := "not_in_sector"
## That sector holds as many ships as it may. Choose another warp, or try again later.
const SECTOR_FULL := "sector_full"
## The seat is no longer kept. Ask GET /me where your ship is and join again.
const SEAT_EXPIRED := "seat_expired"
## Another client has taken control of this ship meanwhile. Join again only to take it back.
const SUPERSEDED := "superseded"
## Nobody is in this sector, so there is no live room. Read GET /sectors/{sectorId} instead.
const SECTOR_ASLEEP := "sector_asleep"
## Spectators are not allowed here. Sign in and join as a pilot.
const SPECTATORS_OFF := "spectators_off"
## There are as many spectators here as there may be. Try again later.
const TOO_MANY_SPECTATORS := "too_many_spectators"
## You are watching. Join without {spectate: true} to act.
const SPECTATORS_CANNOT_ACT := "spectators_cannot_act"
## There is no such ship. Leave shipId out to use the ship you fly.
const SHIP_NOT_FOUND := "ship_not_found"
## That ship belongs to somebody else. Leave shipId out to use the ship you fly.
const NOT_YOUR_SHIP := "not_your_ship"
## That ship was destroyed. Leave shipId out to use the ship you fly.
const SHIP_DESTROYED := "ship_destroyed"
## That ship is not flown any more: it was destroyed, or left for another. Choose one of the sector's ships.
const NO_ACTIVE_SHIP := "no_active_ship"
## Your ship is already doing something. Wait until it ends.
const SHIP_BUSY := "ship_busy"
## Your ship is mining and holds its place. Wait until the harvest ends.
const SHIP_MINING := "ship_mining"
## Your ship is in a fight. Wait for its end, or flee.
const SHIP_IN_COMBAT := "ship_in_combat"
## Your ship is docked. Undock first.
const MUST_BE_UNDOCKED := "must_be_undocked"
## That is done at a station. Dock first.
const MUST_BE_DOCKED := "must_be_docked"
## You have too few turns left. They come back with time; see nextTurnAtMs.
const INSUFFICIENT_TURNS := "insufficient_turns"
## Your ship is mining already. Wait until the harvest ends.
const ALREADY_MINING := "already_mining"
## This sector is no asteroid field. Warp to one.
const NOT_AN_ASTEROID_FIELD := "not_an_asteroid_field"
## Your ship has no Mining Laser. Fit one at a station (install_laser), or fly a ship that has one.
const NO_MINING_LASER := "no_mining_laser"
## Your hold has no free unit. Free one before you mine.
const CARGO_FULL := "cargo_full"
## You harvested this depleted field less than a day ago. Come back at retryAtMs.
const SECTOR_ON_COOLDOWN := "sector_on_cooldown"
## This station does not buy that. Sell what detail.buys lists, or go to a station of another class.
const STATION_DOES_NOT_BUY := "station_does_not_buy"
## You have too few credits. Sell something first; detail.needed is the price.
const INSUFFICIENT_CREDITS := "insufficient_credits"
## This hull carries no Mining Laser. A Cargo Hauler, Colony Ship or Defender does.
const LASER_DOES_NOT_FIT := "laser_does_not_fit"
## Your ship has a Mining Laser already. Upgrade it, or take it out first.
const LASER_ALREADY_FITTED := "laser_already_fitted"
## Your Mining Laser has the highest level there is. Nothing is left to buy.
const LASER_AT_MAX_LEVEL := "laser_at_max_level"
## Only stations of class 7 and above upgrade Mining Lasers. Dock at one of those.
const STATION_CANNOT_UPGRADE := "station_cannot_upgrade"
## Licences are sold at refineries of the Astral Mining Consortium. Dock at one: GET /mining/refineries lists them.
const NOT_DOCKED_AT_AM_STATION := "not_docked_at_am_station"
## That sector is no asteroid field. Choose one that is.
const LICENSE_SECTOR_NOT_ASTEROID := "license_sector_not_asteroid"
## The Astral Mining Consortium does not claim that sector. Mine there without a licence.
const SECTOR_NOT_AM_CLAIMED := "sector_not_am_claimed"
## The faction sells that hull to those it trusts more. Raise your standing to detail.min.
const STANDING_TOO_LOW := "standing_too_low"
## That hull is not for sale. GET /shipyard lists those that are.
const HULL_NOT_FOR_SALE := "hull_not_for_sale"
## You own as many ships as one may. Sell one first.
const TOO_MANY_SHIPS := "too_many_ships"
## Your cargo does not fit into that ship. Sell some of it first.
const CARGO_DOES_NOT_FIT := "cargo_does_not_fit"
## That ship still carries cargo. Board it and sell that first.
const SHIP_NOT_EMPTY := "ship_not_empty"
## That ship of yours is not at this station. GET /me/ships says where it is.
const SHIP_NOT_HERE := "ship_not_here"
## You are flying that ship. Board another one first.
const SHIP_IN_USE := "ship_in_use"
## Your hold has less room than that. detail.free says how much fits.
const HOLD_TOO_SMALL := "hold_too_small"
## You carry less than that. Sell what detail.held says at most.
const NOT_ENOUGH_CARGO := "not_enough_cargo"
## A storm has this sector evacuated, and nobody mines until detail.untilMs. Mine elsewhere, or wait.
const SECTOR_EVACUATED := "sector_evacuated"
## There is no such incident. GET /incidents lists those there are.
const INCIDENT_NOT_FOUND := "incident_not_found"
## Something has befallen that sector already. Wait for its end, or choose another sector.
const INCIDENT_OPEN := "incident_open"
## That incident takes no answers any more. GET /incidents lists those that do.
const INCIDENT_CLOSED := "incident_closed"
## You have reacted to that incident. Wait for its end: incident_resolved tells of it.
const ALREADY_RESPONDED := "already_responded"
## You have begun no such reaction. Begin one; beginning again tells the same.
const REACTION_NOT_FOUND := "reaction_not_found"
## The reaction was sent in sooner than its cues last. Play it to its end, detail.lastsMs after its start.
const REACTION_TOO_FAST := "reaction_too_fast"
## The reaction was begun too long ago, and there is one for each incident. Classify it, or answer another.
const REACTION_EXPIRED := "reaction_expired"
## That is done in a game: send x-app-surface of a Godot surface, the same with which you began.
const WRONG_SURFACE := "wrong_surface"
## That week's survey is over. Read GET /surveys/current and answer that one.
const SURVEY_OVER := "survey_over"
## There is no such contract. GET /contracts/current lists this week's.
const CONTRACT_NOT_FOUND := "contract_not_found"
## That contract is active from detail.startsAtMs until detail.endsAtMs. GET /contracts/current lists this week's.
const CONTRACT_NOT_ACTIVE := "contract_not_active"
## You are not in that contract. Join it with POST /contracts/{contractId}/join.
const NOT_A_MEMBER := "not_a_member"
## You have done nothing of that id. Name a harvest, run or classification of your own.
const SOURCE_NOT_FOUND := "source_not_found"
## That counts for nothing towards this contract: detail.reason says why. Bring something else.
const SOURCE_NOT_COUNTED := "source_not_counted"
## You have brought that to the contract in detail.contractId. Bring something else to this one.
const ALREADY_CONTRIBUTED := "already_contributed"
## You have brought as many of these to this contract as count in a day (UTC). Bring others, or come back tomorrow.
const CONTRIBUTION_LIMIT := "contribution_limit"
## That contract has no such subject. GET /contracts/{contractId}/subjects gives some.
const SUBJECT_NOT_FOUND := "subject_not_found"
## That is not said of these subjects. Choose one of detail.answers.
const UNKNOWN_ANSWER := "unknown_answer"
## You cannot attack yourself. Choose another ship.
const CANNOT_ATTACK_SELF := "cannot_attack_self"
## That pilot is on your team. Choose another ship.
const FRIENDLY_FIRE := "friendly_fire"
## Escape pods cannot be attacked. Choose another ship.
const ESCAPE_PODS_ARE_INDESTRUCTIBLE := "escape_pods_are_indestructible"
## Escape pods have no weapons. Dock at a station and claim a hull first.
const ESCAPE_PODS_CANNOT_ATTACK := "escape_pods_cannot_attack"
## That ship is harmonizing and cannot be attacked. Wait until it has ended.
const TARGET_INVULNERABLE := "target_invulnerable"
## That ship is docked at a guarded station. Wait until it undocks.
const ERR_DOCKED_SHIP_PROTECTED := "ERR_DOCKED_SHIP_PROTECTED"
## That ship is not in your sector. Choose one of the sector's ships.
const NOT_IN_YOUR_SECTOR := "not_in_your_sector"
## This region forbids combat. Warp to one that allows it.
const COMBAT_FORBIDDEN_HERE := "combat_forbidden_here"
## That ship is in a fight with somebody else. Wait for its end.
const TARGET_IN_COMBAT := "target_in_combat"
## Your ship is in no fight, so there is nothing to flee from. The fight may have ended: see combat_resolved.
const NOT_IN_COMBAT := "not_in_combat"
## You have no pilot yet. Join the sector that GET /me names first.
const NOT_JOINED_YET := "not_joined_yet"
## You keep an eye on as many sectors as one may. Remove a bookmark first.
const TOO_MANY_BOOKMARKS := "too_many_bookmarks"
## You have less than that of it. GET /me/balances says how much you have.
const INSUFFICIENT_BALANCE := "insufficient_balance"
## That mission cannot be played on that surface. Choose one of detail.surfaceKinds, or another mission.
const MISSION_NOT_ON_SURFACE := "mission_not_on_surface"
## The sector's state does not allow that mission now. Wait for its end, or choose another sector or mission.
const MISSION_NOT_AVAILABLE := "mission_not_available"
## That field is too poor for the mission. Choose one of tier detail.needed or better.
const FIELD_TOO_POOR := "field_too_poor"
## That loadout has not been researched. POST /me/research, or take another one.
const RESEARCH_NEEDED := "research_needed"
## You have as many open runs as you may, or one of that mission. Finish or cancel one of detail.open.
const TOO_MANY_RUNS := "too_many_runs"
## You have begun as many runs as a day allows. Come back after midnight UTC.
const DAILY_LIMIT := "daily_limit"
## Rewards are written by the server alone. Complete runs, claim the day, contribute or answer incidents; GET /me/rewards reads yours.
const LEDGER_CLOSED := "ledger_closed"
## You have no such run. GET /me/mission-log lists yours.
const RUN_NOT_FOUND := "run_not_found"
## That run has not been started. POST /runs/{runId}/start with its token first.
const RUN_NOT_STARTED := "run_not_started"
## That run has ended; detail.status says how. Create another one.
const RUN_NOT_OPEN := "run_not_open"
## That run's time is up, and its token's. Create another one.
const RUN_EXPIRED := "run_expired"
## The run's token is not valid: send the one that POST /runs gave for this run, unchanged.
const RUN_TOKEN_INVALID := "run_token_invalid"
## That run was made for another user. Sign in as that user, or create a run.
const TOKEN_USER_MISMATCH := "token_user_mismatch"
## That run was made for another surface. Play it there, or create one for this surface.
const TOKEN_SURFACE_MISMATCH := "token_surface_mismatch"
## Sector or seed are not those of the run. The run is rejected; create another one.
const METRICS_MISMATCH := "metrics_mismatch"
## The score is higher than the mission gives. The run is rejected.
const SCORE_OUT_OF_RANGE := "score_out_of_range"
## The objectives are not those of the run, in its order, with its nonces. The run is rejected.
const OBJECTIVE_PROOF_MISSING := "objective_proof_missing"
## The run was shorter than the mission takes at least. The run is rejected; play it to its end.
const DURATION_BELOW_FLOOR := "duration_below_floor"
## You have completed no run of that template today (UTC), long enough to count. Play one, then claim.
const NOTHING_TO_CLAIM := "nothing_to_claim"
## Nobody has that referral code. Ask whoever gave it to you.
const REFERRAL_UNKNOWN := "referral_unknown"
## That is your own referral code. Give it to somebody else.
const REFERRAL_OWN := "referral_own"
## You brought that user along yourself. Somebody else can have brought you.
const REFERRAL_MUTUAL := "referral_mutual"
## Complete an expedition first, then say who brought you along.
const REFERRAL_TOO_EARLY := "referral_too_early"
## You have said already who brought you along. That can be said once.
const REFERRAL_USED := "referral_used"
## That cannot be researched yet: it needs detail.after first, and detail.cluesMin anomaly clues.
const RESEARCH_NOT_READY := "research_not_ready"
## No warp leads there from here. The sector's warps lists where you can go.
const NO_SUCH_WARP := "no_such_warp"
## The faction that holds that sector does not let you in. Raise your standing with it.
const TERRITORY_CLOSED := "territory_closed"
## Only Galactic Citizens enter the Central Nexus. Become one, or choose another warp.
const ERR_GALACTIC_CITIZEN_REQUIRED := "ERR_GALACTIC_CITIZEN_REQUIRED"
## That region takes nobody in at present. Choose another warp, or come back later.
const ERR_REGION_NEW_RESIDENTS_BLOCKED := "ERR_REGION_NEW_RESIDENTS_BLOCKED"
## Your ship is docked already. Undock first.
const ALREADY_DOCKED := "already_docked"
## Your ship is not docked, so there is nothing to undock from.
const NOT_DOCKED := "not_docked"
## There is no such station in this sector. The sector's stations lists them.
const STATION_NOT_HERE := "station_not_here"
## You still fly a ship. A new hull is for pilots in an escape pod.
const SHIP_NOT_LOST := "ship_not_lost"
