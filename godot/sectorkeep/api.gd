# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepApi
extends Node
## What can be asked of a sector and over HTTP, and what is told. Each function returns when its answer is there:
## [codeblock]
## var reply := await client.harvest()
## if not reply.ok:
## 	print(reply.code)
## [/codeblock]

## First after joining or reconnecting. Spectators get it without the fields of a pilot.
signal welcome(event: SectorkeepMessages.Welcome)
## What only you may see, after whatever you or others did to it: turns are the balance less what is reserved. It does not come when time alone adds a turn: at `nextTurnAtMs`, and each `msPerTurn` after it, count one more, until turns and turnsReserved together are `maxTurns`.
signal pilot(event: SectorkeepMessages.Pilot)
## Events between the two are not told: they are older than the feed is kept, or come before the newest 500 that you missed. Trust the snapshot.
signal events_truncated(event: SectorkeepMessages.EventsTruncated)
## From the operators, for people to read: to everybody (`broadcast`), or to you before you are sent away (`kicked`, `banned`).
signal server_notice(event: SectorkeepMessages.ServerNotice)
## Your harvest is in your hold and in the database.
signal mining_harvest_completed(event: SectorkeepMessages.MiningHarvestCompleted)
## Your harvest ended without a yield: `pvp_attack`, `npc_attack`, `evacuation`, or `internal` (our fault, all 5 turns kept).
signal mining_harvest_interrupted(event: SectorkeepMessages.MiningHarvestInterrupted)
## Your hold was full when the harvest was due: no yield.
signal mining_harvest_cancelled(event: SectorkeepMessages.MiningHarvestCancelled)
## A fight of yours is over and written.
signal combat_resolved(event: SectorkeepMessages.CombatResolved)
## Your harvest has brought more than ore.
signal mining_rare_drop(event: SectorkeepMessages.MiningRareDrop)
## A run of yours was completed, on whatever surface, and its rewards given.
signal expedition_completed(event: SectorkeepMessages.ExpeditionCompleted)
## You may mine in a claimed sector for 24 h.
signal claim_license_purchased(event: SectorkeepMessages.ClaimLicensePurchased)
## A claim licence of yours ends within the hour.
signal claim_license_expiring(event: SectorkeepMessages.ClaimLicenseExpiring)
## A claim licence of yours has ended; for 24 h it can be renewed at this price.
signal claim_license_expired(event: SectorkeepMessages.ClaimLicenseExpired)
## Three extractions without a licence in 24 h: the Consortium sends a patrol after you.
signal am_enforcement_flagged(event: SectorkeepMessages.AmEnforcementFlagged)
## The field of a sector that you have bookmarked is in another state.
signal sector_depletion_changed(event: SectorkeepMessages.SectorDepletionChanged)
## An incident that you answered has ended: how, and what you are given for it.
signal incident_resolved(event: SectorkeepMessages.IncidentResolved)
## A contract that you are in has reached a tier: what you are given for it.
signal contract_tier_unlocked(event: SectorkeepMessages.ContractTierUnlocked)
## Your standing with a faction has reached another of its 17 levels.
signal reputation_changed(event: SectorkeepMessages.ReputationChanged)
## A ship has begun to mine.
signal mining_harvest_started(event: SectorkeepMessages.MiningHarvestStarted)
## A ship was interrupted while mining.
signal mining_harvest_stopped(event: SectorkeepMessages.MiningHarvestStopped)
## A fight: `started`, a `round` of it, `resolved`. Hull and shields seen before the end are provisional.
signal combat_update(event: SectorkeepMessages.CombatUpdate)
## A ship is gone; its pilot is in an escape pod.
signal ship_destroyed(event: SectorkeepMessages.ShipDestroyed)

## The class of each event.
var event_classes: Dictionary[String, GDScript] = {
	"welcome": SectorkeepMessages.Welcome,
	"pilot": SectorkeepMessages.Pilot,
	"events_truncated": SectorkeepMessages.EventsTruncated,
	"server_notice": SectorkeepMessages.ServerNotice,
	"mining_harvest_completed": SectorkeepMessages.MiningHarvestCompleted,
	"mining_harvest_interrupted": SectorkeepMessages.MiningHarvestInterrupted,
	"mining_harvest_cancelled": SectorkeepMessages.MiningHarvestCancelled,
	"combat_resolved": SectorkeepMessages.CombatResolved,
	"mining_rare_drop": SectorkeepMessages.MiningRareDrop,
	"expedition_completed": SectorkeepMessages.ExpeditionCompleted,
	"claim_license_purchased": SectorkeepMessages.ClaimLicensePurchased,
	"claim_license_expiring": SectorkeepMessages.ClaimLicenseExpiring,
	"claim_license_expired": SectorkeepMessages.ClaimLicenseExpired,
	"am_enforcement_flagged": SectorkeepMessages.AmEnforcementFlagged,
	"sector_depletion_changed": SectorkeepMessages.SectorDepletionChanged,
	"incident_resolved": SectorkeepMessages.IncidentResolved,
	"contract_tier_unlocked": SectorkeepMessages.ContractTierUnlocked,
	"reputation_changed": SectorkeepMessages.ReputationChanged,
	"mining_harvest_started": SectorkeepMessages.MiningHarvestStarted,
	"mining_harvest_stopped": SectorkeepMessages.MiningHarvestStopped,
	"combat_update": SectorkeepMessages.CombatUpdate,
	"ship_destroyed": SectorkeepMessages.ShipDestroyed,
}


## Mine this asteroid field. Takes a while, binds the ship, and can be interrupted by an attack.
## [param ship_id] The ship to mine with; the one you fly when left out.
func harvest(ship_id := "") -> SectorkeepMessages.HarvestReply:
	var body := {}
	if ship_id != "":
		body["shipId"] = ship_id
	return await _ask("harvest", body, SectorkeepMessages.HarvestReply)


## What a harvest here would bring and cost you now, and what stands in its way.
func preview_harvest() -> SectorkeepMessages.PreviewHarvestReply:
	var body := {}
	return await _ask("preview_harvest", body, SectorkeepMessages.PreviewHarvestReply)


## Attack another ship of this sector: interrupts what it does and starts a fight.
## [param target_id] A ship of this sector.
func attack(target_id: String) -> SectorkeepMessages.AttackReply:
	var body := {"targetId": target_id}
	return await _ask("attack", body, SectorkeepMessages.AttackReply)


## Try to escape from the fight your ship is in, from the next round on.
func flee() -> SectorkeepMessages.FleeReply:
	var body := {}
	return await _ask("flee", body, SectorkeepMessages.FleeReply)


## Move to a neighbouring sector.
## [param sector_id] One of the sector's warps. The sector itself is free: the ship stays.
func warp(sector_id: int) -> SectorkeepMessages.WarpReply:
	var body := {"sectorId": sector_id}
	return await _ask("warp", body, SectorkeepMessages.WarpReply)


## Dock at a station of this sector.
## [param station_id] One of the sector's stations.
func dock(station_id: String) -> SectorkeepMessages.DockReply:
	var body := {"stationId": station_id}
	return await _ask("dock", body, SectorkeepMessages.DockReply)


## Leave the station.
func undock() -> SectorkeepMessages.UndockReply:
	var body := {}
	return await _ask("undock", body, SectorkeepMessages.UndockReply)


## In an escape pod and docked: get a new ship.
func claim_hull() -> SectorkeepMessages.ClaimHullReply:
	var body := {}
	return await _ask("claim_hull", body, SectorkeepMessages.ClaimHullReply)


## Docked: sell cargo to the station at its price of this moment.
## [param commodity]
## [param quantity] Units; all of them are sold or none.
func sell(commodity: String, quantity: int) -> SectorkeepMessages.SellReply:
	var body := {"commodity": commodity, "quantity": quantity}
	return await _ask("sell", body, SectorkeepMessages.SellReply)


## Docked: put ore aboard that your expeditions have earned (`ore_units` of GET /me/balances).
## [param quantity] Units; all of them are put aboard or none.
func deliver_ore(quantity: int) -> SectorkeepMessages.DeliverOreReply:
	var body := {"quantity": quantity}
	return await _ask("deliver_ore", body, SectorkeepMessages.DeliverOreReply)


## Docked, in a Cargo Hauler, Colony Ship or Defender: fit a Mining Laser for 35,000 cr.
func install_laser() -> SectorkeepMessages.InstallLaserReply:
	var body := {}
	return await _ask("install_laser", body, SectorkeepMessages.InstallLaserReply)


## Docked at a station of class 7 or above: raise the Mining Laser by one level.
func upgrade_laser() -> SectorkeepMessages.UpgradeLaserReply:
	var body := {}
	return await _ask("upgrade_laser", body, SectorkeepMessages.UpgradeLaserReply)


## Docked: take the Mining Laser out for 8,750 cr; the ship remembers its level for as long as you have that ship.
func remove_laser() -> SectorkeepMessages.RemoveLaserReply:
	var body := {}
	return await _ask("remove_laser", body, SectorkeepMessages.RemoveLaserReply)


## Docked at an AM refinery: buy or renew 24 h of mining in a sector that AM claims.
## [param sector_id] The claimed field; it may be anywhere.
func buy_license(sector_id: int) -> SectorkeepMessages.BuyLicenseReply:
	var body := {"sectorId": sector_id}
	return await _ask("buy_license", body, SectorkeepMessages.BuyLicenseReply)


## Docked: buy a hull and change to it. Cargo comes along, and what is fitted where it fits; a laser's remembered level stays with its ship.
## [param hull_type]
func buy_hull(hull_type: String) -> SectorkeepMessages.BuyHullReply:
	var body := {"hullType": hull_type}
	return await _ask("buy_hull", body, SectorkeepMessages.BuyHullReply)


## Docked: change to another ship of yours at this station, on the same terms. A laser stays behind where that ship remembers the level of one.
## [param ship_id] A ship of yours at this station.
func board_ship(ship_id: String) -> SectorkeepMessages.BoardShipReply:
	var body := {"shipId": ship_id}
	return await _ask("board_ship", body, SectorkeepMessages.BoardShipReply)


## Docked: sell a ship of yours at this station that you do not fly and that is empty.
## [param ship_id] A ship of yours at this station.
func sell_hull(ship_id: String) -> SectorkeepMessages.SellHullReply:
	var body := {"shipId": ship_id}
	return await _ask("sell_hull", body, SectorkeepMessages.SellHullReply)


## Every expedition there is: what it takes, and what it gives at most; for a sector, also whether its state allows it now.
## [param sector_id]
func missions(sector_id := 0) -> SectorkeepAnswers.MissionsReply:
	var query := {}
	if sector_id != 0:
		query["sectorId"] = sector_id
	return await _call(HTTPClient.METHOD_GET, "/missions" + _query_text(query), null, SectorkeepAnswers.MissionsReply)


## Your runs, newest first, fifty at a time: pass the last one's runId as `beforeRunId` for those before; an issuedAtMs as `before` for those of earlier moments.
## [param before]
## [param before_run_id]
func mission_log(before := 0, before_run_id := "") -> SectorkeepAnswers.MissionLogReply:
	var query := {}
	if before != 0:
		query["before"] = before
	if before_run_id != "":
		query["beforeRunId"] = before_run_id
	return await _call(HTTPClient.METHOD_GET, "/me/mission-log" + _query_text(query), null, SectorkeepAnswers.MissionLogReply)


## What your expeditions have brought: balances, anomaly clues, and the research tree.
func inventory() -> SectorkeepAnswers.InventoryReply:
	return await _call(HTTPClient.METHOD_GET, "/me/inventory", null, SectorkeepAnswers.InventoryReply)


## Your reward ledger, newest first, fifty at a time: pass nextBefore as `before` for those before.
## [param before]
func rewards(before := 0) -> SectorkeepAnswers.RewardsReply:
	var query := {}
	if before != 0:
		query["before"] = before
	return await _call(HTTPClient.METHOD_GET, "/me/rewards" + _query_text(query), null, SectorkeepAnswers.RewardsReply)


## Researches something for stardust; what you know already costs nothing again.
## [param subject]
func research(subject: String) -> SectorkeepAnswers.ResearchReply:
	var body := {"subject": subject}
	return await _call(HTTPClient.METHOD_POST, "/me/research", body, SectorkeepAnswers.ResearchReply)


## Claims the day's bonus of a mission template, once each UTC day on all surfaces together. Asked again, it gives the first one.
## [param template]
func claim_daily(template: String) -> SectorkeepAnswers.ClaimDailyReply:
	var body := {"template": template}
	return await _call(HTTPClient.METHOD_POST, "/me/daily-claims", body, SectorkeepAnswers.ClaimDailyReply)


## This week's contracts, how far they are, and how you stand in them.
func current_contracts() -> SectorkeepAnswers.CurrentContractsReply:
	return await _call(HTTPClient.METHOD_GET, "/contracts/current", null, SectorkeepAnswers.CurrentContractsReply)


## One contract, of this week or any before it.
## [param contract_id]
func contract_progress(contract_id: String) -> SectorkeepAnswers.ContractProgressReply:
	return await _call(HTTPClient.METHOD_GET, "/contracts/%s/progress" % [contract_id.uri_encode()], null, SectorkeepAnswers.ContractProgressReply)


## Makes you a member: of the tiers' rewards, those that are unlocked from now on are yours too.
## [param contract_id]
func join_contract(contract_id: String) -> SectorkeepAnswers.JoinContractReply:
	var body := {}
	return await _call(HTTPClient.METHOD_POST, "/contracts/%s/join" % [contract_id.uri_encode()], body, SectorkeepAnswers.JoinContractReply)


## Counts a harvest, run or classification of yours towards a contract, each once. Sent again, it gets the first answer with duplicate: true.
## [param contract_id]
## [param source_type]
## [param source_id] The harvestId, runId or classificationId: it has to be yours.
func contribute(contract_id: String, source_type: String, source_id: String) -> SectorkeepAnswers.ContributeReply:
	var body := {"sourceType": source_type, "sourceId": source_id}
	return await _call(HTTPClient.METHOD_POST, "/contracts/%s/contributions" % [contract_id.uri_encode()], body, SectorkeepAnswers.ContributeReply)


## The next subjects to classify, 10 at most; none once you have seen all of the week.
## [param contract_id]
func contract_subjects(contract_id: String) -> SectorkeepAnswers.ContractSubjectsReply:
	return await _call(HTTPClient.METHOD_GET, "/contracts/%s/subjects" % [contract_id.uri_encode()], null, SectorkeepAnswers.ContractSubjectsReply)


## What you see in a subject: your first opinion of it is kept. Bring its classificationId as a contribution to have it counted.
## [param contract_id]
## [param subject_id]
## [param answer]
func classify(contract_id: String, subject_id: String, answer: String) -> SectorkeepAnswers.ClassifyReply:
	var body := {"subjectId": subject_id, "answer": answer}
	return await _call(HTTPClient.METHOD_POST, "/contracts/%s/classifications" % [contract_id.uri_encode()], body, SectorkeepAnswers.ClassifyReply)


## Who has brought most to this week's contracts, or to the one of `contractId`; through every surface, or the one of `surface`.
## [param surface] One of those there are.
## [param contract_id]
func leaderboard(surface := "", contract_id := "") -> SectorkeepAnswers.LeaderboardReply:
	var query := {}
	if surface != "":
		query["surface"] = surface
	if contract_id != "":
		query["contractId"] = contract_id
	return await _call(HTTPClient.METHOD_GET, "/leaderboard" + _query_text(query), null, SectorkeepAnswers.LeaderboardReply)


## Incidents that can be answered, and those of the last 72 h, newest first; of one sector or all.
## [param sector_id]
func incidents(sector_id := 0) -> SectorkeepAnswers.IncidentsReply:
	var query := {}
	if sector_id != 0:
		query["sectorId"] = sector_id
	return await _call(HTTPClient.METHOD_GET, "/incidents" + _query_text(query), null, SectorkeepAnswers.IncidentsReply)


## One incident, with your answers to it.
## [param incident_id]
func incident(incident_id: String) -> SectorkeepAnswers.IncidentReply:
	return await _call(HTTPClient.METHOD_GET, "/incidents/%s" % [incident_id.uri_encode()], null, SectorkeepAnswers.IncidentReply)


## Your judgement of an incident, from the surface told in x-app-surface, once: 100 points if right, 40 if one off, 10 if two.
## [param incident_id]
## [param severity] How severe you judge it by its readings.
func classify_incident(incident_id: String, severity: int) -> SectorkeepAnswers.ClassifyIncidentReply:
	var body := {"severity": severity}
	return await _call(HTTPClient.METHOD_POST, "/incidents/%s/classification" % [incident_id.uri_encode()], body, SectorkeepAnswers.ClassifyIncidentReply)


## Begins your one reaction to it, from a Godot surface: the server's clock runs from here. Beginning again tells the same.
## [param incident_id]
func start_reaction(incident_id: String) -> SectorkeepAnswers.StartReactionReply:
	var body := {}
	return await _call(HTTPClient.METHOD_POST, "/incidents/%s/reactions" % [incident_id.uri_encode()], body, SectorkeepAnswers.StartReactionReply)


## What you pressed, from the surface that began it, once: the server counts the hits, 0–100, and has measured how long it took.
## [param incident_id]
## [param run_id]
## [param presses]
func submit_reaction(incident_id: String, run_id: String, presses: Array) -> SectorkeepAnswers.SubmitReactionReply:
	var body := {"presses": presses}
	return await _call(HTTPClient.METHOD_POST, "/incidents/%s/reactions/%s" % [incident_id.uri_encode(), run_id.uri_encode()], body, SectorkeepAnswers.SubmitReactionReply)


## The states that incidents have left and that hold now: of one sector or all.
## [param sector_id]
func sector_states(sector_id := 0) -> SectorkeepAnswers.SectorStatesReply:
	var query := {}
	if sector_id != 0:
		query["sectorId"] = sector_id
	return await _call(HTTPClient.METHOD_GET, "/sector-states" + _query_text(query), null, SectorkeepAnswers.SectorStatesReply)


## What you have for a while of having answered incidents: boosts, and sectors that run deep for you.
func boons() -> SectorkeepAnswers.BoonsReply:
	return await _call(HTTPClient.METHOD_GET, "/me/boons", null, SectorkeepAnswers.BoonsReply)


## Sends a request and waits for its answer. [Sectorkeep] does it.
func _ask(_name: String, _body: Dictionary, _reply: GDScript) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null


## Calls a route and waits for its answer. [Sectorkeep] does it.
func _call(
	_method: HTTPClient.Method, _path: String, _body: Variant, _reply: GDScript
) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null


## What follows a path: nothing where nothing is asked for.
func _query_text(query: Dictionary) -> String:
	var parts := PackedStringArray()
	for key: String in query:
		parts.append(key + "=" + str(query[key]).uri_encode())
	return "" if parts.is_empty() else "?" + "&".join(parts)
