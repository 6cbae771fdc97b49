# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepState
extends RefCounted
## What everybody in a sector sees, as classes. An object stays the same for as long as what it stands for is there.


## Brings a map's objects up to date: newcomers are made, who has gone is dropped, all others are kept.
static func read_map(into: Dictionary, from: Dictionary, type: GDScript) -> void:
	for key: String in into.keys():
		if not from.has(key):
			into.erase(key)
	for key: String in from:
		if from[key] is Dictionary:
			if not into.has(key):
				into[key] = type.new()
			into[key].read(from[key])


class Action:
	extends RefCounted
	var kind: String = ""
	var startTick: int = 0
	var endTick: int = 0
	var targetId: String = ""

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		kind = from.get("kind", kind)
		startTick = from.get("startTick", startTick)
		endTick = from.get("endTick", endTick)
		targetId = from.get("targetId", targetId)


class Ship:
	extends RefCounted
	var shipId: String = ""
	var pilotId: String = ""
	var pilotName: String = ""
	var pilotColor: String = ""
	var teamId: String = ""
	var name: String = ""
	var hullType: String = ""
	var status: String = ""
	var stationId: String = ""
	var hull: int = 0
	var hullMax: int = 0
	var shield: int = 0
	var shieldMax: int = 0
	var action := Action.new()

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		shipId = from.get("shipId", shipId)
		pilotId = from.get("pilotId", pilotId)
		pilotName = from.get("pilotName", pilotName)
		pilotColor = from.get("pilotColor", pilotColor)
		teamId = from.get("teamId", teamId)
		name = from.get("name", name)
		hullType = from.get("hullType", hullType)
		status = from.get("status", status)
		stationId = from.get("stationId", stationId)
		hull = from.get("hull", hull)
		hullMax = from.get("hullMax", hullMax)
		shield = from.get("shield", shield)
		shieldMax = from.get("shieldMax", shieldMax)
		action.read(from.get("action", {}))


class Warp:
	extends RefCounted
	var sectorId: int = 0
	var turnCost: int = 0

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		sectorId = from.get("sectorId", sectorId)
		turnCost = from.get("turnCost", turnCost)


class Station:
	extends RefCounted
	var stationId: String = ""
	var name: String = ""
	var stationClass: int = 0
	var faction: String = ""
	var security: String = ""

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		stationId = from.get("stationId", stationId)
		name = from.get("name", name)
		stationClass = from.get("stationClass", stationClass)
		faction = from.get("faction", faction)
		security = from.get("security", security)


class ClockRef:
	extends RefCounted
	var tick: int = 0
	var serverMs: float = 0.0
	var tickMs: int = 0

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		tick = from.get("tick", tick)
		serverMs = from.get("serverMs", serverMs)
		tickMs = from.get("tickMs", tickMs)


class Condition:
	extends RefCounted
	var type: String = ""
	var severity: int = 0
	var endsAtMs: float = 0.0

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		type = from.get("type", type)
		severity = from.get("severity", severity)
		endsAtMs = from.get("endsAtMs", endsAtMs)


class SectorState:
	extends RefCounted
	var sectorId: int = 0
	var name: String = ""
	var type: String = ""
	var zone: String = ""
	var region: String = ""
	var richness: String = ""
	var richnessTier: int = 0
	var depletion: String = ""
	var replenishesAtMs: float = 0.0
	var claimedBy: String = ""
	var incidentId: String = ""
	var incidentType: String = ""
	var incidentClosesAtMs: float = 0.0
	var evacuatedUntilMs: float = 0.0
	var conditions: Dictionary[String, Condition] = {}
	var clockRef := ClockRef.new()
	var warps: Dictionary[String, Warp] = {}
	var stations: Dictionary[String, Station] = {}
	var ships: Dictionary[String, Ship] = {}

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		sectorId = from.get("sectorId", sectorId)
		name = from.get("name", name)
		type = from.get("type", type)
		zone = from.get("zone", zone)
		region = from.get("region", region)
		richness = from.get("richness", richness)
		richnessTier = from.get("richnessTier", richnessTier)
		depletion = from.get("depletion", depletion)
		replenishesAtMs = from.get("replenishesAtMs", replenishesAtMs)
		claimedBy = from.get("claimedBy", claimedBy)
		incidentId = from.get("incidentId", incidentId)
		incidentType = from.get("incidentType", incidentType)
		incidentClosesAtMs = from.get("incidentClosesAtMs", incidentClosesAtMs)
		evacuatedUntilMs = from.get("evacuatedUntilMs", evacuatedUntilMs)
		SectorkeepState.read_map(conditions, from.get("conditions", {}), Condition)
		clockRef.read(from.get("clockRef", {}))
		SectorkeepState.read_map(warps, from.get("warps", {}), Warp)
		SectorkeepState.read_map(stations, from.get("stations", {}), Station)
		SectorkeepState.read_map(ships, from.get("ships", {}), Ship)


class SectorSummary:
	extends RefCounted
	var sectorId: int = 0
	var awake: bool = false
	var ships: int = 0
	var miners: int = 0
	var fights: int = 0
	var depletion: String = ""
	var replenishesAtMs: float = 0.0
	var claimedBy: String = ""
	var conditions: String = ""
	var incident: String = ""

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		sectorId = from.get("sectorId", sectorId)
		awake = from.get("awake", awake)
		ships = from.get("ships", ships)
		miners = from.get("miners", miners)
		fights = from.get("fights", fights)
		depletion = from.get("depletion", depletion)
		replenishesAtMs = from.get("replenishesAtMs", replenishesAtMs)
		claimedBy = from.get("claimedBy", claimedBy)
		conditions = from.get("conditions", conditions)
		incident = from.get("incident", incident)


class ContractSummary:
	extends RefCounted
	var contractId: String = ""
	var theme: String = ""
	var isoWeek: String = ""
	var endsAtMs: float = 0.0
	var members: int = 0
	var total: int = 0
	var tier: int = 0
	var nextThreshold: int = 0

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		contractId = from.get("contractId", contractId)
		theme = from.get("theme", theme)
		isoWeek = from.get("isoWeek", isoWeek)
		endsAtMs = from.get("endsAtMs", endsAtMs)
		members = from.get("members", members)
		total = from.get("total", total)
		tier = from.get("tier", tier)
		nextThreshold = from.get("nextThreshold", nextThreshold)


class GalaxyState:
	extends RefCounted
	var sectors: Dictionary[String, SectorSummary] = {}
	var contracts: Dictionary[String, ContractSummary] = {}

	## Takes over what a room's state says.
	func read(from: Dictionary) -> void:
		SectorkeepState.read_map(sectors, from.get("sectors", {}), SectorSummary)
		SectorkeepState.read_map(contracts, from.get("contracts", {}), ContractSummary)
