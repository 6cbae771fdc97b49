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
## From the operators, to everybody, for people to read. Who flies too hears the same from [Sectorkeep].
signal server_notice(event: SectorkeepMessages.ServerNotice)

const RETRY_SECONDS := 3.0

## Where the server is.
@export var server := "ws://localhost:2567"
## Use the official extension where it is installed.
@export var prefer_extension := true

## As it is now.
var state := SectorkeepState.GalaxyState.new()

## Counts calls of [method watch] and [method leave]: who finds after waiting that there was one has nothing to do.
var _course := 0
var _room: RefCounted
## The room that is being joined, until its state is there; else null.
var _entry: Sectorkeep.Request
## Points and members of each contract, and its tier, when it was told last.
var _told_contracts: Dictionary[String, Array] = {}
var _told_incidents: Dictionary[int, String] = {}


func _exit_tree() -> void:
	leave()


## Begins to watch. Returns when [member state] is there, or with false when the server cannot be reached.
func watch() -> bool:
	leave()
	return await _join()


func _join() -> bool:
	var client := SectorkeepLine.create(server, "", prefer_extension)
	var options := {"protocol": Sectorkeep.PROTOCOL, "sdk": SectorkeepLine.sdk_version(prefer_extension)}
	var room: RefCounted = client.join_or_create("galaxy", options)
	SectorkeepLine.prepare(room)
	_entry = Sectorkeep.Request.new()
	_hear(room)
	var outcome: Array = await _entry.answered
	if not outcome[0] and _room == room:
		_hear(null)
	return outcome[0]


## Watches no longer.
func leave() -> void:
	_course += 1
	var room := _room
	_hear(null)
	if room != null:
		room.leave()
	_settle(false)


## Hears this room from now on and no other. None of the callables holds it: it would keep itself for ever.
func _hear(room: RefCounted) -> void:
	var handlers: Dictionary[StringName, Callable] = {
		&"message_received": _on_message, &"state_changed": _on_state_changed, &"error": _on_error, &"left": _on_left
	}
	SectorkeepLine.hear(_room, room, handlers)
	_room = room


func _settle(is_in: bool) -> void:
	var entry := _entry
	_entry = null
	if entry != null:
		entry.answered.emit(is_in, {})


func _on_message(type: Variant, data: Variant) -> void:
	if type == "server_notice" and data is Dictionary:
		server_notice.emit(SectorkeepMessages.ServerNotice.new(data))


func _on_error(_code: int, _message: String) -> void:
	_settle(false)


func _on_state_changed() -> void:
	state.read(_room.get_state())
	for contract: SectorkeepState.ContractSummary in state.contracts.values():
		_tell_contract(contract)
	_tell_incidents()
	changed.emit()
	_settle(true)


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


func _on_left(_code: int, _reason: String) -> void:
	if _entry != null:
		_settle(false)
		return
	_hear(null)
	var course := _course
	while course == _course:
		await get_tree().create_timer(SectorkeepStay.spread(RETRY_SECONDS)).timeout
		if course != _course or await _join():
			return
