class_name SectorkeepGalaxy
extends Node
## What goes on in the whole galaxy, live: guild contracts as they grow, incidents as they open and end. It needs no token.
## [codeblock]
## var galaxy := SectorkeepGalaxy.new()
## galaxy.server = client.server
## add_child(galaxy)
## galaxy.contract_changed.connect(func(contract): print(contract.theme, ": ", contract.total, " points"))
## await galaxy.watch()
## [/codeblock]
## It comes back by itself after a drop, for as long as it is in the tree and [method leave] was not called.

## [member state] has changed in some way.
signal changed
## A guild contract has more points, or members; also for each that is there at the beginning.
signal contract_changed(contract: SectorkeepState.ContractSummary)
## All members together have reached a tier of this contract.
signal contract_tier_reached(contract: SectorkeepState.ContractSummary)
## Something befell a sector, and can be answered.
signal incident_opened(sector: SectorkeepState.SectorSummary)
signal incident_ended(sector_id: int)

const RETRY_SECONDS := 3.0

## Where the server is.
@export var server := "ws://localhost:2567"
## Use the official extension where it is installed.
@export var prefer_extension := true

## As it is now.
var state := SectorkeepState.GalaxyState.new()

var _room: RefCounted
## Points and members of each contract, and its tier, when it was told last.
var _told_contracts: Dictionary[String, Array] = {}
var _told_incidents: Dictionary[int, String] = {}


func _exit_tree() -> void:
	leave()


## Begins to watch. Returns when [member state] is there, or with false when the server cannot be reached.
func watch() -> bool:
	var client := SectorkeepLine.create(server, "", prefer_extension)
	var options := {"protocol": Sectorkeep.PROTOCOL, "sdk": SectorkeepLine.sdk_version(prefer_extension)}
	var room: RefCounted = client.join_or_create("galaxy", options)
	SectorkeepLine.prepare(room)
	_room = room
	var first := [false]
	var ready_or_not := Sectorkeep.Request.new()
	room.state_changed.connect(
		func() -> void:
			_on_state_changed(room)
			if not first[0]:
				first[0] = true
				ready_or_not.answered.emit(true, {})
	)
	room.error.connect(
		func(_code: int, _message: String) -> void:
			if not first[0]:
				ready_or_not.answered.emit(false, {})
	)
	room.left.connect(_on_left.bind(room))
	var outcome: Array = await ready_or_not.answered
	return outcome[0]


## Watches no longer.
func leave() -> void:
	var room := _room
	_room = null
	if room != null:
		room.leave()


func _on_state_changed(room: RefCounted) -> void:
	if room != _room:
		return
	state.read(room.get_state())
	for contract: SectorkeepState.ContractSummary in state.contracts.values():
		_tell_contract(contract)
	_tell_incidents()
	changed.emit()


func _tell_contract(contract: SectorkeepState.ContractSummary) -> void:
	var now := [contract.total, contract.members, contract.tier]
	var before: Variant = _told_contracts.get(contract.contractId)
	_told_contracts[contract.contractId] = now
	if now == before:
		return
	contract_changed.emit(contract)
	if before != null and contract.tier > before[2]:
		contract_tier_reached.emit(contract)


func _tell_incidents() -> void:
	for sector: SectorkeepState.SectorSummary in state.sectors.values():
		if sector.incident != "" and _told_incidents.get(sector.sectorId) != sector.incident:
			_told_incidents[sector.sectorId] = sector.incident
			incident_opened.emit(sector)
	for sector_id: int in _told_incidents.keys():
		var sector: SectorkeepState.SectorSummary = state.sectors.get(str(sector_id))
		if sector == null or sector.incident == "":
			_told_incidents.erase(sector_id)
			incident_ended.emit(sector_id)


func _on_left(_code: int, _reason: String, room: RefCounted) -> void:
	if room != _room:
		return
	_room = null
	while is_inside_tree() and _room == null:
		await get_tree().create_timer(RETRY_SECONDS).timeout
		if not is_inside_tree() or await watch():
			return
		_room = null
