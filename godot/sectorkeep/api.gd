# Written by `npm run docs` from the server's code; do not edit by hand.
class_name SectorkeepApi
extends Node
## What can be asked of a sector and what it tells. Each function returns when its answer is there:
## [codeblock]
## var reply := await client.harvest()
## if not reply.ok:
## 	print(reply.code)
## [/codeblock]

## First after joining or reconnecting. Spectators get it without the fields of a pilot.
signal welcome(event: SectorkeepMessages.Welcome)
## What only you may see, whenever it changed: turns are the balance less what is reserved.
signal pilot(event: SectorkeepMessages.Pilot)
## Events between the two are older than the feed is kept; trust the snapshot.
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


## Docked: take the Mining Laser out for 8,750 cr; the ship remembers its level.
func remove_laser() -> SectorkeepMessages.RemoveLaserReply:
	var body := {}
	return await _ask("remove_laser", body, SectorkeepMessages.RemoveLaserReply)


## Docked at an AM refinery: buy or renew 24 h of mining in a sector that AM claims.
## [param sector_id] The claimed field; it may be anywhere.
func buy_license(sector_id: int) -> SectorkeepMessages.BuyLicenseReply:
	var body := {"sectorId": sector_id}
	return await _ask("buy_license", body, SectorkeepMessages.BuyLicenseReply)


## Docked: buy a hull and change to it. Cargo comes along, and what is fitted where it fits.
## [param hull_type]
func buy_hull(hull_type: String) -> SectorkeepMessages.BuyHullReply:
	var body := {"hullType": hull_type}
	return await _ask("buy_hull", body, SectorkeepMessages.BuyHullReply)


## Docked: change to another ship of yours at this station, on the same terms.
## [param ship_id] A ship of yours at this station.
func board_ship(ship_id: String) -> SectorkeepMessages.BoardShipReply:
	var body := {"shipId": ship_id}
	return await _ask("board_ship", body, SectorkeepMessages.BoardShipReply)


## Docked: sell a ship of yours at this station that you do not fly and that is empty.
## [param ship_id] A ship of yours at this station.
func sell_hull(ship_id: String) -> SectorkeepMessages.SellHullReply:
	var body := {"shipId": ship_id}
	return await _ask("sell_hull", body, SectorkeepMessages.SellHullReply)


## Sends a request and waits for its answer. [Sectorkeep] does it.
func _ask(_name: String, _body: Dictionary, _reply: GDScript) -> SectorkeepReply:
	@warning_ignore("redundant_await")
	return await null
