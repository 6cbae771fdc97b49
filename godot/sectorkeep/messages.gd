# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepMessages
extends RefCounted
## What rooms say: events, and the answers to requests. Fields have the names that they have on the wire.


## First after joining or reconnecting. Spectators get it without the fields of a pilot.
class Welcome:
	extends RefCounted
	var protocol: int = 0
	var sectorId: int = 0
	var tickMs: int = 0
	var playerId: String = ""
	var shipId: String = ""
	## Events after this one follow.
	var cursor: int = 0
	## Server time in ms since 1970.
	var serverMs: float = 0.0

	func _init(from := {}) -> void:
		protocol = from.get("protocol", protocol)
		sectorId = from.get("sectorId", sectorId)
		tickMs = from.get("tickMs", tickMs)
		playerId = from.get("playerId", playerId)
		shipId = from.get("shipId", shipId)
		cursor = from.get("cursor", cursor)
		serverMs = from.get("serverMs", serverMs)


## What only you may see, after whatever you or others did to it: turns are the balance less what is reserved. It does not come when time alone adds a turn: at `nextTurnAtMs`, and each `msPerTurn` after it, count one more, until turns and turnsReserved together are `maxTurns`.
class Pilot:
	extends RefCounted
	var playerId: String = ""
	var shipId: String = ""
	var credits: int = 0
	var turns: int = 0
	var turnsReserved: int = 0
	var maxTurns: int = 0
	## When one more turn is there; null while there are as many as may be.
	var nextTurnAtMs: Variant = null
	## The time one turn takes, in ms.
	var msPerTurn: int = 0
	var cargo: Dictionary = {}
	var cargoFree: int = 0
	var cargoCapacity: int = 0
	var equipment: Dictionary = {}
	var standing: Dictionary = {}
	var attackDrones: int = 0
	var defenseDrones: int = 0
	var quantumShards: int = 0
	var quantumCrystals: int = 0

	func _init(from := {}) -> void:
		playerId = from.get("playerId", playerId)
		shipId = from.get("shipId", shipId)
		credits = from.get("credits", credits)
		turns = from.get("turns", turns)
		turnsReserved = from.get("turnsReserved", turnsReserved)
		maxTurns = from.get("maxTurns", maxTurns)
		nextTurnAtMs = from.get("nextTurnAtMs", nextTurnAtMs)
		msPerTurn = from.get("msPerTurn", msPerTurn)
		cargo = from.get("cargo", cargo)
		cargoFree = from.get("cargoFree", cargoFree)
		cargoCapacity = from.get("cargoCapacity", cargoCapacity)
		equipment = from.get("equipment", equipment)
		standing = from.get("standing", standing)
		attackDrones = from.get("attackDrones", attackDrones)
		defenseDrones = from.get("defenseDrones", defenseDrones)
		quantumShards = from.get("quantumShards", quantumShards)
		quantumCrystals = from.get("quantumCrystals", quantumCrystals)


## Events between the two are not told: they are older than the feed is kept, or come before the newest 500 that you missed. Trust the snapshot.
class EventsTruncated:
	extends RefCounted
	var afterEventId: int = 0
	var beforeEventId: int = 0

	func _init(from := {}) -> void:
		afterEventId = from.get("afterEventId", afterEventId)
		beforeEventId = from.get("beforeEventId", beforeEventId)


## From the operators, for people to read: to everybody (`broadcast`), or to you before you are sent away (`kicked`, `banned`).
class ServerNotice:
	extends RefCounted
	var kind: String = ""
	var text: String = ""
	## When a ban ends; null for one without an end, and for what is no ban.
	var untilMs: Variant = null

	func _init(from := {}) -> void:
		kind = from.get("kind", kind)
		text = from.get("text", text)
		untilMs = from.get("untilMs", untilMs)


## Your harvest is in your hold and in the database.
class MiningHarvestCompleted:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var harvestId: String = ""
	var sectorId: int = 0
	var ore: int = 0
	var preciousMetals: int = 0
	var quantumShards: int = 0
	## The field is exhausted: exactly one ore.
	var floored: bool = false
	## A licence for the claimed sector held when it started.
	var licensed: bool = false
	var amRepDelta: int = 0
	## Standing with the Frontier Coalition.
	var fcRepDelta: int = 0
	var depletion: Dictionary = {}

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		harvestId = from.get("harvestId", harvestId)
		sectorId = from.get("sectorId", sectorId)
		ore = from.get("ore", ore)
		preciousMetals = from.get("preciousMetals", preciousMetals)
		quantumShards = from.get("quantumShards", quantumShards)
		floored = from.get("floored", floored)
		licensed = from.get("licensed", licensed)
		amRepDelta = from.get("amRepDelta", amRepDelta)
		fcRepDelta = from.get("fcRepDelta", fcRepDelta)
		depletion = from.get("depletion", depletion)


## Your harvest ended without a yield: `pvp_attack`, `npc_attack`, `evacuation`, or `internal` (our fault, all 5 turns kept).
class MiningHarvestInterrupted:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var harvestId: String = ""
	var reason: String = ""
	var turnsRefunded: int = 0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		harvestId = from.get("harvestId", harvestId)
		reason = from.get("reason", reason)
		turnsRefunded = from.get("turnsRefunded", turnsRefunded)


## Your hold was full when the harvest was due: no yield.
class MiningHarvestCancelled:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var harvestId: String = ""
	var reason: String = ""
	var turnsRefunded: int = 0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		harvestId = from.get("harvestId", harvestId)
		reason = from.get("reason", reason)
		turnsRefunded = from.get("turnsRefunded", turnsRefunded)


## A fight of yours is over and written.
class CombatResolved:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var fightId: String = ""
	var role: String = ""
	var opponent: String = ""
	var outcome: String = ""
	var rounds: int = 0
	var destroyedShipId: Variant = null
	var loot: Dictionary = {}

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		fightId = from.get("fightId", fightId)
		role = from.get("role", role)
		opponent = from.get("opponent", opponent)
		outcome = from.get("outcome", outcome)
		rounds = from.get("rounds", rounds)
		destroyedShipId = from.get("destroyedShipId", destroyedShipId)
		loot = from.get("loot", loot)


## Your harvest has brought more than ore.
class MiningRareDrop:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var harvestId: String = ""
	var commodity: String = ""
	var quantity: int = 0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		harvestId = from.get("harvestId", harvestId)
		commodity = from.get("commodity", commodity)
		quantity = from.get("quantity", quantity)


## A run of yours was completed, on whatever surface, and its rewards given.
class ExpeditionCompleted:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var runId: String = ""
	var missionId: String = ""
	var sectorId: int = 0
	var oreUnits: int = 0
	var amRepDelta: int = 0
	## 0–100.
	var oreQuality: int = 0
	var oreGrade: String = ""
	## The clue it found; null for none.
	var anomaly: Variant = null

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		runId = from.get("runId", runId)
		missionId = from.get("missionId", missionId)
		sectorId = from.get("sectorId", sectorId)
		oreUnits = from.get("oreUnits", oreUnits)
		amRepDelta = from.get("amRepDelta", amRepDelta)
		oreQuality = from.get("oreQuality", oreQuality)
		oreGrade = from.get("oreGrade", oreGrade)
		anomaly = from.get("anomaly", anomaly)


## You may mine in a claimed sector for 24 h.
class ClaimLicensePurchased:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var licenseId: String = ""
	var sectorId: int = 0
	var costPaidCr: int = 0
	## Server time in ms since 1970.
	var expiresAtMs: float = 0.0
	var renewal: bool = false

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		licenseId = from.get("licenseId", licenseId)
		sectorId = from.get("sectorId", sectorId)
		costPaidCr = from.get("costPaidCr", costPaidCr)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)
		renewal = from.get("renewal", renewal)


## A claim licence of yours ends within the hour.
class ClaimLicenseExpiring:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var licenseId: String = ""
	var sectorId: int = 0
	## Server time in ms since 1970.
	var expiresAtMs: float = 0.0
	var renewalPriceCr: int = 0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		licenseId = from.get("licenseId", licenseId)
		sectorId = from.get("sectorId", sectorId)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)
		renewalPriceCr = from.get("renewalPriceCr", renewalPriceCr)


## A claim licence of yours has ended; for 24 h it can be renewed at this price.
class ClaimLicenseExpired:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var licenseId: String = ""
	var sectorId: int = 0
	## Server time in ms since 1970.
	var expiresAtMs: float = 0.0
	var renewalPriceCr: int = 0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		licenseId = from.get("licenseId", licenseId)
		sectorId = from.get("sectorId", sectorId)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)
		renewalPriceCr = from.get("renewalPriceCr", renewalPriceCr)


## Three extractions without a licence in 24 h: the Consortium sends a patrol after you.
class AmEnforcementFlagged:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var sectorId: int = 0
	## Server time in ms since 1970.
	var untilMs: float = 0.0

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		sectorId = from.get("sectorId", sectorId)
		untilMs = from.get("untilMs", untilMs)


## The field of a sector that you have bookmarked is in another state.
class SectorDepletionChanged:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var sectorId: int = 0
	var from: String = ""
	var to: String = ""
	var replenishesAtMs: Variant = null

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		sectorId = from.get("sectorId", sectorId)
		from = from.get("from", from)
		to = from.get("to", to)
		replenishesAtMs = from.get("replenishesAtMs", replenishesAtMs)


## An incident that you answered has ended: how, and what you are given for it.
class IncidentResolved:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var incidentId: String = ""
	var sectorId: int = 0
	var type: String = ""
	var severity: int = 0
	var outcome: String = ""
	## Of your answers together.
	var score: int = 0
	## GET /me/rewards has them, with their ends.
	var rewards: Array = []

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		incidentId = from.get("incidentId", incidentId)
		sectorId = from.get("sectorId", sectorId)
		type = from.get("type", type)
		severity = from.get("severity", severity)
		outcome = from.get("outcome", outcome)
		score = from.get("score", score)
		rewards = from.get("rewards", rewards)


## A contract that you are in has reached a tier: what you are given for it.
class ContractTierUnlocked:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	var contractId: String = ""
	var theme: String = ""
	var isoWeek: String = ""
	var tier: int = 0
	## GET /me/rewards has them.
	var rewards: Array = []

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		contractId = from.get("contractId", contractId)
		theme = from.get("theme", theme)
		isoWeek = from.get("isoWeek", isoWeek)
		tier = from.get("tier", tier)
		rewards = from.get("rewards", rewards)


## Your standing with a faction has reached another of its 17 levels.
class ReputationChanged:
	extends RefCounted
	## Its place in your feed, counted from 1 without gaps.
	var eventId: int = 0
	## The faction's slug.
	var faction: String = ""
	var oldLevel: String = ""
	var newLevel: String = ""
	var oldValue: int = 0
	var newValue: int = 0
	var title: String = ""

	func _init(from := {}) -> void:
		eventId = from.get("eventId", eventId)
		faction = from.get("faction", faction)
		oldLevel = from.get("oldLevel", oldLevel)
		newLevel = from.get("newLevel", newLevel)
		oldValue = from.get("oldValue", oldValue)
		newValue = from.get("newValue", newValue)
		title = from.get("title", title)


## A ship has begun to mine.
class MiningHarvestStarted:
	extends RefCounted
	var shipId: String = ""
	var startTick: int = 0
	var endTick: int = 0

	func _init(from := {}) -> void:
		shipId = from.get("shipId", shipId)
		startTick = from.get("startTick", startTick)
		endTick = from.get("endTick", endTick)


## A ship was interrupted while mining.
class MiningHarvestStopped:
	extends RefCounted
	var shipId: String = ""
	var reason: String = ""

	func _init(from := {}) -> void:
		shipId = from.get("shipId", shipId)
		reason = from.get("reason", reason)


## A fight: `started`, a `round` of it, `resolved`. Hull and shields seen before the end are provisional.
class CombatUpdate:
	extends RefCounted
	var phase: String = ""
	var fightId: String = ""
	var attackerShipId: String = ""
	var defenderShipId: String = ""
	var round: int = 0
	var events: Array = []
	## `void`: it could not be written, and did not happen.
	var outcome: String = ""

	func _init(from := {}) -> void:
		phase = from.get("phase", phase)
		fightId = from.get("fightId", fightId)
		attackerShipId = from.get("attackerShipId", attackerShipId)
		defenderShipId = from.get("defenderShipId", defenderShipId)
		round = from.get("round", round)
		events = from.get("events", events)
		outcome = from.get("outcome", outcome)


## A ship is gone; its pilot is in an escape pod.
class ShipDestroyed:
	extends RefCounted
	var shipId: String = ""
	var pilotId: String = ""
	var podId: String = ""

	func _init(from := {}) -> void:
		shipId = from.get("shipId", shipId)
		pilotId = from.get("pilotId", pilotId)
		podId = from.get("podId", podId)


## The answer to [method SectorkeepApi.harvest].
class HarvestReply:
	extends SectorkeepReply
	var harvestId: String = ""
	var startTick: int = 0
	## The tick at which it is due; see clockRef.
	var endTick: int = 0
	## Whether a licence for this sector holds now; null where none is needed.
	var licensed: Variant = null

	func _read(from: Dictionary) -> void:
		harvestId = from.get("harvestId", harvestId)
		startTick = from.get("startTick", startTick)
		endTick = from.get("endTick", endTick)
		licensed = from.get("licensed", licensed)


## The answer to [method SectorkeepApi.preview_harvest].
class PreviewHarvestReply:
	extends SectorkeepReply
	## Everything for which `harvest` would be refused now, in its order; empty: go ahead.
	var obstacles: Array = []
	## What it costs.
	var turns: int = 0
	## What it changes, by faction. A negative number is worth asking the player for.
	var standing: Dictionary = {}
	var license: Dictionary = {}
	## Null outside asteroid fields, and without a laser.
	var field: Variant = null

	func _read(from: Dictionary) -> void:
		obstacles = from.get("obstacles", obstacles)
		turns = from.get("turns", turns)
		standing = from.get("standing", standing)
		license = from.get("license", license)
		field = from.get("field", field)


## The answer to [method SectorkeepApi.attack].
class AttackReply:
	extends SectorkeepReply
	var fightId: String = ""
	var startTick: int = 0
	## The tick of the last round, if nobody is destroyed or escapes before.
	var endTick: int = 0

	func _read(from: Dictionary) -> void:
		fightId = from.get("fightId", fightId)
		startTick = from.get("startTick", startTick)
		endTick = from.get("endTick", endTick)


## The answer to [method SectorkeepApi.flee].
class FleeReply:
	extends SectorkeepReply


## The answer to [method SectorkeepApi.warp].
class WarpReply:
	extends SectorkeepReply
	var sectorId: int = 0
	var turnsSpent: int = 0
	## A seat in the destination's room, to be consumed at once; without one, join by sectorId, unless you are there.
	var seat: Variant = null

	func _read(from: Dictionary) -> void:
		sectorId = from.get("sectorId", sectorId)
		turnsSpent = from.get("turnsSpent", turnsSpent)
		seat = from.get("seat", seat)


## The answer to [method SectorkeepApi.dock].
class DockReply:
	extends SectorkeepReply
	var stationId: String = ""
	var turnsSpent: int = 0

	func _read(from: Dictionary) -> void:
		stationId = from.get("stationId", stationId)
		turnsSpent = from.get("turnsSpent", turnsSpent)


## The answer to [method SectorkeepApi.undock].
class UndockReply:
	extends SectorkeepReply
	var stationId: String = ""
	var turnsSpent: int = 0

	func _read(from: Dictionary) -> void:
		stationId = from.get("stationId", stationId)
		turnsSpent = from.get("turnsSpent", turnsSpent)


## The answer to [method SectorkeepApi.claim_hull].
class ClaimHullReply:
	extends SectorkeepReply
	var shipId: String = ""
	var hullType: String = ""

	func _read(from: Dictionary) -> void:
		shipId = from.get("shipId", shipId)
		hullType = from.get("hullType", hullType)


## The answer to [method SectorkeepApi.sell].
class SellReply:
	extends SectorkeepReply
	var commodity: String = ""
	var quantity: int = 0
	var unitPriceCr: int = 0
	## What you were paid, Trade Specialists included.
	var totalCr: int = 0
	var amRepDelta: int = 0

	func _read(from: Dictionary) -> void:
		commodity = from.get("commodity", commodity)
		quantity = from.get("quantity", quantity)
		unitPriceCr = from.get("unitPriceCr", unitPriceCr)
		totalCr = from.get("totalCr", totalCr)
		amRepDelta = from.get("amRepDelta", amRepDelta)


## The answer to [method SectorkeepApi.deliver_ore].
class DeliverOreReply:
	extends SectorkeepReply
	var quantity: int = 0
	## What is left of your balance of ore_units.
	var oreUnitsLeft: int = 0

	func _read(from: Dictionary) -> void:
		quantity = from.get("quantity", quantity)
		oreUnitsLeft = from.get("oreUnitsLeft", oreUnitsLeft)


## The answer to [method SectorkeepApi.install_laser].
class InstallLaserReply:
	extends SectorkeepReply
	## The laser's level, 0 to 3.
	var level: int = 0
	var costCr: int = 0

	func _read(from: Dictionary) -> void:
		level = from.get("level", level)
		costCr = from.get("costCr", costCr)


## The answer to [method SectorkeepApi.upgrade_laser].
class UpgradeLaserReply:
	extends SectorkeepReply
	## The laser's level, 0 to 3.
	var level: int = 0
	var costCr: int = 0

	func _read(from: Dictionary) -> void:
		level = from.get("level", level)
		costCr = from.get("costCr", costCr)


## The answer to [method SectorkeepApi.remove_laser].
class RemoveLaserReply:
	extends SectorkeepReply
	## The level that the next laser on this ship will have.
	var level: int = 0
	var refundCr: int = 0

	func _read(from: Dictionary) -> void:
		level = from.get("level", level)
		refundCr = from.get("refundCr", refundCr)


## The answer to [method SectorkeepApi.buy_license].
class BuyLicenseReply:
	extends SectorkeepReply
	var licenseId: String = ""
	var sectorId: int = 0
	var costPaidCr: int = 0
	var expiresAtMs: float = 0.0
	## At 80 %: the one before was active or had ended less than 24 h ago.
	var renewal: bool = false
	var amRepDelta: int = 0

	func _read(from: Dictionary) -> void:
		licenseId = from.get("licenseId", licenseId)
		sectorId = from.get("sectorId", sectorId)
		costPaidCr = from.get("costPaidCr", costPaidCr)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)
		renewal = from.get("renewal", renewal)
		amRepDelta = from.get("amRepDelta", amRepDelta)


## The answer to [method SectorkeepApi.buy_hull].
class BuyHullReply:
	extends SectorkeepReply
	## The new ship: you fly it from now on.
	var shipId: String = ""
	var hullType: String = ""
	var costCr: int = 0
	## Still yours, at the same berth.
	var formerShipId: String = ""

	func _read(from: Dictionary) -> void:
		shipId = from.get("shipId", shipId)
		hullType = from.get("hullType", hullType)
		costCr = from.get("costCr", costCr)
		formerShipId = from.get("formerShipId", formerShipId)


## The answer to [method SectorkeepApi.board_ship].
class BoardShipReply:
	extends SectorkeepReply
	var shipId: String = ""
	var formerShipId: String = ""

	func _read(from: Dictionary) -> void:
		shipId = from.get("shipId", shipId)
		formerShipId = from.get("formerShipId", formerShipId)


## The answer to [method SectorkeepApi.sell_hull].
class SellHullReply:
	extends SectorkeepReply
	var shipId: String = ""
	var refundCr: int = 0

	func _read(from: Dictionary) -> void:
		shipId = from.get("shipId", shipId)
		refundCr = from.get("refundCr", refundCr)
