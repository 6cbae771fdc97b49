# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepAnswers
extends RefCounted
## What is answered over HTTP, as classes. Fields have the names that they have on the wire.


class States:
	extends RefCounted
	var forbidden: Array[String] = []
	var required: Array[String] = []

	func _init(from := {}) -> void:
		forbidden.assign(from.get("forbidden", []))
		required.assign(from.get("required", []))


class Mission:
	extends RefCounted
	var missionId: String = ""
	var title: String = ""
	var briefing: String = ""
	var template: String = ""
	var surfaceKinds: Array[String] = []
	var richnessTierMin: int = 0
	var states: States = States.new()
	var durationSecMin: int = 0
	var durationSecMax: int = 0
	var objectiveScoreMax: int = 0
	var oreMax: int = 0
	var stardustMax: int = 0
	var reputation: int = 0
	var available: Variant = null

	func _init(from := {}) -> void:
		missionId = from.get("missionId", missionId)
		title = from.get("title", title)
		briefing = from.get("briefing", briefing)
		template = from.get("template", template)
		surfaceKinds.assign(from.get("surfaceKinds", []))
		richnessTierMin = from.get("richnessTierMin", richnessTierMin)
		states = States.new(from.get("states", {}))
		durationSecMin = from.get("durationSecMin", durationSecMin)
		durationSecMax = from.get("durationSecMax", durationSecMax)
		objectiveScoreMax = from.get("objectiveScoreMax", objectiveScoreMax)
		oreMax = from.get("oreMax", oreMax)
		stardustMax = from.get("stardustMax", stardustMax)
		reputation = from.get("reputation", reputation)
		available = from.get("available", available)


class Loadout:
	extends RefCounted
	var drill: String = ""
	var scanner: String = ""

	func _init(from := {}) -> void:
		drill = from.get("drill", drill)
		scanner = from.get("scanner", scanner)


class Run:
	extends RefCounted
	var runId: String = ""
	var missionId: String = ""
	var surface: String = ""
	var sectorId: int = 0
	var richnessTier: int = 0
	var loadout: Loadout = Loadout.new()
	var seed: int = 0
	var status: String = ""
	var issuedAtMs: int = 0
	var startedAtMs: Variant = null
	var expiresAtMs: int = 0
	var endedAtMs: Variant = null
	var elapsedSec: Variant = null
	var objectiveScore: Variant = null
	var rejectReason: Variant = null
	var oreQuality: Variant = null
	var oreGrade: Variant = null
	var narrative: Variant = null
	var amRepDelta: Variant = null

	func _init(from := {}) -> void:
		runId = from.get("runId", runId)
		missionId = from.get("missionId", missionId)
		surface = from.get("surface", surface)
		sectorId = from.get("sectorId", sectorId)
		richnessTier = from.get("richnessTier", richnessTier)
		loadout = Loadout.new(from.get("loadout", {}))
		seed = from.get("seed", seed)
		status = from.get("status", status)
		issuedAtMs = from.get("issuedAtMs", issuedAtMs)
		startedAtMs = from.get("startedAtMs", startedAtMs)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)
		endedAtMs = from.get("endedAtMs", endedAtMs)
		elapsedSec = from.get("elapsedSec", elapsedSec)
		objectiveScore = from.get("objectiveScore", objectiveScore)
		rejectReason = from.get("rejectReason", rejectReason)
		oreQuality = from.get("oreQuality", oreQuality)
		oreGrade = from.get("oreGrade", oreGrade)
		narrative = from.get("narrative", narrative)
		amRepDelta = from.get("amRepDelta", amRepDelta)


class Clue:
	extends RefCounted
	var runId: String = ""
	var sectorId: int = 0
	var anomaly: String = ""
	var foundAtMs: int = 0

	func _init(from := {}) -> void:
		runId = from.get("runId", runId)
		sectorId = from.get("sectorId", sectorId)
		anomaly = from.get("anomaly", anomaly)
		foundAtMs = from.get("foundAtMs", foundAtMs)


class ResearchSubject:
	extends RefCounted
	var subject: String = ""
	var title: String = ""
	var costStardust: int = 0
	var cluesMin: int = 0
	var after: Variant = null

	func _init(from := {}) -> void:
		subject = from.get("subject", subject)
		title = from.get("title", title)
		costStardust = from.get("costStardust", costStardust)
		cluesMin = from.get("cluesMin", cluesMin)
		after = from.get("after", after)


class Reward:
	extends RefCounted
	var rewardKey: String = ""
	var surface: String = ""
	var runId: String = ""
	var rewardType: String = ""
	var value: int = 0
	var requestedValue: int = 0
	var capReason: Variant = null
	var source: String = ""
	var meta: Dictionary = {}
	var grantedAtMs: int = 0

	func _init(from := {}) -> void:
		rewardKey = from.get("rewardKey", rewardKey)
		surface = from.get("surface", surface)
		runId = from.get("runId", runId)
		rewardType = from.get("rewardType", rewardType)
		value = from.get("value", value)
		requestedValue = from.get("requestedValue", requestedValue)
		capReason = from.get("capReason", capReason)
		source = from.get("source", source)
		meta = from.get("meta", meta)
		grantedAtMs = from.get("grantedAtMs", grantedAtMs)


class Tier:
	extends RefCounted
	var tier: int = 0
	## The points that unlock it, for all members together.
	var threshold: int = 0
	var cosmetic: String = ""
	var stardust: int = 0
	## Of stardust that members are given while the contract is active: 10000 = as always.
	var multiplierBps: Variant = null
	## What befalls a sector for it.
	var worldEvent: Variant = null
	var unlockedAtMs: Variant = null

	func _init(from := {}) -> void:
		tier = from.get("tier", tier)
		threshold = from.get("threshold", threshold)
		cosmetic = from.get("cosmetic", cosmetic)
		stardust = from.get("stardust", stardust)
		multiplierBps = from.get("multiplierBps", multiplierBps)
		worldEvent = from.get("worldEvent", worldEvent)
		unlockedAtMs = from.get("unlockedAtMs", unlockedAtMs)


class Standing:
	extends RefCounted
	## Server time in ms since 1970.
	var joinedAtMs: int = 0
	var points: int = 0
	var contributions: int = 0

	func _init(from := {}) -> void:
		joinedAtMs = from.get("joinedAtMs", joinedAtMs)
		points = from.get("points", points)
		contributions = from.get("contributions", contributions)


class Contract:
	extends RefCounted
	var contractId: String = ""
	var theme: String = ""
	## As 2030-W05: Monday 00:00 to Sunday 24:00 UTC.
	var isoWeek: String = ""
	## Server time in ms since 1970.
	var startsAtMs: int = 0
	## Server time in ms since 1970.
	var endsAtMs: int = 0
	## It takes contributions now.
	var active: bool = false
	## Points of all members together.
	var total: int = 0
	var members: int = 0
	var tiers: Array[Tier] = []
	## How you stand in it; null for who is not a member, or sends no token.
	var own: Standing = null

	func _init(from := {}) -> void:
		contractId = from.get("contractId", contractId)
		theme = from.get("theme", theme)
		isoWeek = from.get("isoWeek", isoWeek)
		startsAtMs = from.get("startsAtMs", startsAtMs)
		endsAtMs = from.get("endsAtMs", endsAtMs)
		active = from.get("active", active)
		total = from.get("total", total)
		members = from.get("members", members)
		for each: Dictionary in from.get("tiers", []):
			tiers.append(Tier.new(each))
		own = Standing.new(from["own"]) if from.get("own") is Dictionary else null


class Contribution:
	extends RefCounted
	var contributionId: String = ""
	var surface: String = ""
	var sourceType: String = ""
	var sourceId: String = ""
	var points: int = 0
	## Server time in ms since 1970.
	var contributedAtMs: int = 0

	func _init(from := {}) -> void:
		contributionId = from.get("contributionId", contributionId)
		surface = from.get("surface", surface)
		sourceType = from.get("sourceType", sourceType)
		sourceId = from.get("sourceId", sourceId)
		points = from.get("points", points)
		contributedAtMs = from.get("contributedAtMs", contributedAtMs)


class Subject:
	extends RefCounted
	var subjectId: String = ""
	## In a row, around 1000: brightness, cloud height, X-ray flux.
	var readings: Array[int] = []

	func _init(from := {}) -> void:
		subjectId = from.get("subjectId", subjectId)
		readings.assign(from.get("readings", []))


class Place:
	extends RefCounted
	var rank: int = 0
	var name: String = ""
	var points: int = 0

	func _init(from := {}) -> void:
		rank = from.get("rank", rank)
		name = from.get("name", name)
		points = from.get("points", points)


class Incident:
	extends RefCounted
	var incidentId: String = ""
	var sectorId: int = 0
	var type: String = ""
	var status: String = ""
	## What instruments show, 0–100: around 25 for severity 1, 50 for 2, 75 for 3, each up to 40 off.
	var readings: Array[int] = []
	## Null while it is open: judging it is one of the two answers.
	var severity: Variant = null
	## Points that all answers have brought so far.
	var score: int = 0
	## Points that master it; null while it is open.
	var threshold: Variant = null
	## Server time in ms since 1970.
	var opensAtMs: int = 0
	## Server time in ms since 1970.
	var closesAtMs: int = 0
	var resolvedAtMs: Variant = null

	func _init(from := {}) -> void:
		incidentId = from.get("incidentId", incidentId)
		sectorId = from.get("sectorId", sectorId)
		type = from.get("type", type)
		status = from.get("status", status)
		readings.assign(from.get("readings", []))
		severity = from.get("severity", severity)
		score = from.get("score", score)
		threshold = from.get("threshold", threshold)
		opensAtMs = from.get("opensAtMs", opensAtMs)
		closesAtMs = from.get("closesAtMs", closesAtMs)
		resolvedAtMs = from.get("resolvedAtMs", resolvedAtMs)


class Response:
	extends RefCounted
	var mode: String = ""
	var score: int = 0

	func _init(from := {}) -> void:
		mode = from.get("mode", mode)
		score = from.get("score", score)


class Cue:
	extends RefCounted
	## After the start.
	var atMs: int = 0
	var lane: int = 0

	func _init(from := {}) -> void:
		atMs = from.get("atMs", atMs)
		lane = from.get("lane", lane)


class State:
	extends RefCounted
	var sectorId: int = 0
	var stateType: String = ""
	var severity: int = 0
	var incidentId: String = ""
	## Ore of harvests due while it holds: 10000 = as always.
	var yieldBps: int = 0
	## How many times as long a harvest takes that begins while it holds.
	var windowFactor: int = 0
	## What each warp out of the sector costs more; gates are sheltered.
	var extraWarpTurns: int = 0
	## Server time in ms since 1970.
	var startsAtMs: int = 0
	## Server time in ms since 1970.
	var endsAtMs: int = 0
	## Nobody mines there until then.
	var evacuatedUntilMs: Variant = null

	func _init(from := {}) -> void:
		sectorId = from.get("sectorId", sectorId)
		stateType = from.get("stateType", stateType)
		severity = from.get("severity", severity)
		incidentId = from.get("incidentId", incidentId)
		yieldBps = from.get("yieldBps", yieldBps)
		windowFactor = from.get("windowFactor", windowFactor)
		extraWarpTurns = from.get("extraWarpTurns", extraWarpTurns)
		startsAtMs = from.get("startsAtMs", startsAtMs)
		endsAtMs = from.get("endsAtMs", endsAtMs)
		evacuatedUntilMs = from.get("evacuatedUntilMs", evacuatedUntilMs)


class Boon:
	extends RefCounted
	var kind: String = ""
	var incidentId: String = ""
	## Where; null: everywhere.
	var sectorId: Variant = null
	## Server time in ms since 1970.
	var startsAtMs: int = 0
	## Server time in ms since 1970.
	var endsAtMs: int = 0

	func _init(from := {}) -> void:
		kind = from.get("kind", kind)
		incidentId = from.get("incidentId", incidentId)
		sectorId = from.get("sectorId", sectorId)
		startsAtMs = from.get("startsAtMs", startsAtMs)
		endsAtMs = from.get("endsAtMs", endsAtMs)


## The answer to [method SectorkeepApi.missions].
class MissionsReply:
	extends SectorkeepReply
	var missions: Array[Mission] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("missions", []):
			missions.append(Mission.new(each))


## The answer to [method SectorkeepApi.mission_log].
class MissionLogReply:
	extends SectorkeepReply
	var runs: Array[Run] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("runs", []):
			runs.append(Run.new(each))


## The answer to [method SectorkeepApi.inventory].
class InventoryReply:
	extends SectorkeepReply
	var balances: Dictionary = {}
	var unlocked: Array[String] = []
	var clues: Array[Clue] = []
	var tree: Array[ResearchSubject] = []

	func _read(from: Dictionary) -> void:
		balances = from.get("balances", balances)
		unlocked.assign(from.get("unlocked", []))
		for each: Dictionary in from.get("clues", []):
			clues.append(Clue.new(each))
		for each: Dictionary in from.get("tree", []):
			tree.append(ResearchSubject.new(each))


## The answer to [method SectorkeepApi.rewards].
class RewardsReply:
	extends SectorkeepReply
	var rewards: Array[Reward] = []
	var nextBefore: Variant = null

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("rewards", []):
			rewards.append(Reward.new(each))
		nextBefore = from.get("nextBefore", nextBefore)


## The answer to [method SectorkeepApi.research].
class ResearchReply:
	extends SectorkeepReply
	var unlocked: Array[String] = []
	var clues: Array[Clue] = []
	var tree: Array[ResearchSubject] = []

	func _read(from: Dictionary) -> void:
		unlocked.assign(from.get("unlocked", []))
		for each: Dictionary in from.get("clues", []):
			clues.append(Clue.new(each))
		for each: Dictionary in from.get("tree", []):
			tree.append(ResearchSubject.new(each))


## The answer to [method SectorkeepApi.claim_daily].
class ClaimDailyReply:
	extends SectorkeepReply
	var reward: Reward = Reward.new()
	var duplicate: bool = false

	func _read(from: Dictionary) -> void:
		reward = Reward.new(from.get("reward", {}))
		duplicate = from.get("duplicate", duplicate)


## The answer to [method SectorkeepApi.current_contracts].
class CurrentContractsReply:
	extends SectorkeepReply
	var contracts: Array[Contract] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("contracts", []):
			contracts.append(Contract.new(each))


## The answer to [method SectorkeepApi.contract_progress].
class ContractProgressReply:
	extends SectorkeepReply
	var contractId: String = ""
	var theme: String = ""
	## As 2030-W05: Monday 00:00 to Sunday 24:00 UTC.
	var isoWeek: String = ""
	## Server time in ms since 1970.
	var startsAtMs: int = 0
	## Server time in ms since 1970.
	var endsAtMs: int = 0
	## It takes contributions now.
	var active: bool = false
	## Points of all members together.
	var total: int = 0
	var members: int = 0
	var tiers: Array[Tier] = []
	## How you stand in it; null for who is not a member, or sends no token.
	var own: Standing = null

	func _read(from: Dictionary) -> void:
		contractId = from.get("contractId", contractId)
		theme = from.get("theme", theme)
		isoWeek = from.get("isoWeek", isoWeek)
		startsAtMs = from.get("startsAtMs", startsAtMs)
		endsAtMs = from.get("endsAtMs", endsAtMs)
		active = from.get("active", active)
		total = from.get("total", total)
		members = from.get("members", members)
		for each: Dictionary in from.get("tiers", []):
			tiers.append(Tier.new(each))
		own = Standing.new(from["own"]) if from.get("own") is Dictionary else null


## The answer to [method SectorkeepApi.join_contract].
class JoinContractReply:
	extends SectorkeepReply
	var duplicate: bool = false

	func _read(from: Dictionary) -> void:
		duplicate = from.get("duplicate", duplicate)


## The answer to [method SectorkeepApi.contribute].
class ContributeReply:
	extends SectorkeepReply
	var contribution: Contribution = Contribution.new()
	var duplicate: bool = false
	## The contract's points.
	var total: int = 0
	## Tiers that this contribution has unlocked.
	var unlocked: Array[int] = []

	func _read(from: Dictionary) -> void:
		contribution = Contribution.new(from.get("contribution", {}))
		duplicate = from.get("duplicate", duplicate)
		total = from.get("total", total)
		unlocked.assign(from.get("unlocked", []))


## The answer to [method SectorkeepApi.contract_subjects].
class ContractSubjectsReply:
	extends SectorkeepReply
	## What can be said of them.
	var answers: Array[String] = []
	var subjects: Array[Subject] = []

	func _read(from: Dictionary) -> void:
		answers.assign(from.get("answers", []))
		for each: Dictionary in from.get("subjects", []):
			subjects.append(Subject.new(each))


## The answer to [method SectorkeepApi.classify].
class ClassifyReply:
	extends SectorkeepReply
	var classificationId: String = ""
	var subjectId: String = ""
	var answer: String = ""
	## Null where nobody knows.
	var isRight: Variant = null
	var duplicate: bool = false

	func _read(from: Dictionary) -> void:
		classificationId = from.get("classificationId", classificationId)
		subjectId = from.get("subjectId", subjectId)
		answer = from.get("answer", answer)
		isRight = from.get("isRight", isRight)
		duplicate = from.get("duplicate", duplicate)


## The answer to [method SectorkeepApi.leaderboard].
class LeaderboardReply:
	extends SectorkeepReply
	var places: Array[Place] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("places", []):
			places.append(Place.new(each))


## The answer to [method SectorkeepApi.incidents].
class IncidentsReply:
	extends SectorkeepReply
	var incidents: Array[Incident] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("incidents", []):
			incidents.append(Incident.new(each))


## The answer to [method SectorkeepApi.incident].
class IncidentReply:
	extends SectorkeepReply
	var incidentId: String = ""
	var sectorId: int = 0
	var type: String = ""
	var status: String = ""
	## What instruments show, 0–100: around 25 for severity 1, 50 for 2, 75 for 3, each up to 40 off.
	var readings: Array[int] = []
	## Null while it is open: judging it is one of the two answers.
	var severity: Variant = null
	## Points that all answers have brought so far.
	var score: int = 0
	## Points that master it; null while it is open.
	var threshold: Variant = null
	## Server time in ms since 1970.
	var opensAtMs: int = 0
	## Server time in ms since 1970.
	var closesAtMs: int = 0
	var resolvedAtMs: Variant = null
	## Your own; none without a token.
	var responses: Array[Response] = []

	func _read(from: Dictionary) -> void:
		incidentId = from.get("incidentId", incidentId)
		sectorId = from.get("sectorId", sectorId)
		type = from.get("type", type)
		status = from.get("status", status)
		readings.assign(from.get("readings", []))
		severity = from.get("severity", severity)
		score = from.get("score", score)
		threshold = from.get("threshold", threshold)
		opensAtMs = from.get("opensAtMs", opensAtMs)
		closesAtMs = from.get("closesAtMs", closesAtMs)
		resolvedAtMs = from.get("resolvedAtMs", resolvedAtMs)
		for each: Dictionary in from.get("responses", []):
			responses.append(Response.new(each))


## The answer to [method SectorkeepApi.classify_incident].
class ClassifyIncidentReply:
	extends SectorkeepReply
	## 0–100; of your first answer in this mode, however often you send one.
	var score: int = 0
	var duplicate: bool = false
	## Of the incident, after your answer.
	var status: String = ""

	func _read(from: Dictionary) -> void:
		score = from.get("score", score)
		duplicate = from.get("duplicate", duplicate)
		status = from.get("status", status)


## The answer to [method SectorkeepApi.start_reaction].
class StartReactionReply:
	extends SectorkeepReply
	var runId: String = ""
	## To be answered each in its lane, at most 400 ms early or late.
	var cues: Array[Cue] = []
	## Server time in ms since 1970.
	var startedAtMs: int = 0
	## Server time in ms since 1970.
	var expiresAtMs: int = 0

	func _read(from: Dictionary) -> void:
		runId = from.get("runId", runId)
		for each: Dictionary in from.get("cues", []):
			cues.append(Cue.new(each))
		startedAtMs = from.get("startedAtMs", startedAtMs)
		expiresAtMs = from.get("expiresAtMs", expiresAtMs)


## The answer to [method SectorkeepApi.submit_reaction].
class SubmitReactionReply:
	extends SectorkeepReply
	## 0–100; of your first answer in this mode, however often you send one.
	var score: int = 0
	var duplicate: bool = false
	## Of the incident, after your answer.
	var status: String = ""

	func _read(from: Dictionary) -> void:
		score = from.get("score", score)
		duplicate = from.get("duplicate", duplicate)
		status = from.get("status", status)


## The answer to [method SectorkeepApi.sector_states].
class SectorStatesReply:
	extends SectorkeepReply
	var states: Array[State] = []

	func _read(from: Dictionary) -> void:
		for each: Dictionary in from.get("states", []):
			states.append(State.new(each))


## The answer to [method SectorkeepApi.boons].
class BoonsReply:
	extends SectorkeepReply
	## Ore of your harvests anywhere: 10000 = as always.
	var yieldBps: int = 0
	var boons: Array[Boon] = []

	func _read(from: Dictionary) -> void:
		yieldBps = from.get("yieldBps", yieldBps)
		for each: Dictionary in from.get("boons", []):
			boons.append(Boon.new(each))
