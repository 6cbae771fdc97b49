class_name Hud
extends Control
## What the pilot knows and can do. It asks the client and shows what it answers.

## The player wants to go on an expedition from here.
signal expedition_wanted
## The player wants to react to what has befallen the sector.
signal reaction_wanted

const LINES_MAX := 200

@export var client: Sectorkeep
@export var view: SectorView

@onready var _sector: Label = %Sector
@onready var _field: Label = %Field
@onready var _numbers: Label = %Numbers
@onready var _state: Label = %State
@onready var _log: RichTextLabel = %Log
@onready var _incident: Label = %Incident
@onready var _react: Button = %React
@onready var _expedition: Button = %Expedition
@onready var _mine: Button = %Mine
@onready var _attack: Button = %Attack
@onready var _flee: Button = %Flee
@onready var _undock: Button = %Undock


func _ready() -> void:
	_mine.pressed.connect(func() -> void: _tell(await client.harvest(), "Mining …"))
	_attack.pressed.connect(func() -> void: _tell(await client.attack(view.chosen_ship_id), "Attacking!"))
	_flee.pressed.connect(func() -> void: _tell(await client.flee(), "Trying to get away …"))
	_undock.pressed.connect(func() -> void: _tell(await client.undock(), "Undocked."))
	_react.pressed.connect(reaction_wanted.emit)
	_expedition.pressed.connect(expedition_wanted.emit)
	view.ship_chosen.connect(_on_ship_chosen)
	view.warp_chosen.connect(_on_warp_chosen)
	view.station_chosen.connect(_on_station_chosen)
	client.sector_changed.connect(_refresh)
	client.pilot.connect(func(_me: SectorkeepMessages.Pilot) -> void: _refresh())
	client.connection_changed.connect(func(_to: Sectorkeep.Connection) -> void: _refresh())
	_listen()


func _listen() -> void:
	client.mining_harvest_completed.connect(_on_harvest_completed)
	client.mining_harvest_interrupted.connect(
		func(event: SectorkeepMessages.MiningHarvestInterrupted) -> void:
			add_line("Interrupted (%s): %d turns come back." % [event.reason, event.turnsRefunded], Palette.RED)
	)
	client.mining_harvest_cancelled.connect(
		func(event: SectorkeepMessages.MiningHarvestCancelled) -> void:
			add_line("No yield: %s; %d turns come back." % [event.reason, event.turnsRefunded], Palette.RED)
	)
	client.combat_resolved.connect(
		func(event: SectorkeepMessages.CombatResolved) -> void:
			var outcome := event.outcome.replace("_", " ")
			add_line("The fight with %s is over: %s, %d rounds." % [event.opponent, outcome, event.rounds], Palette.RED)
	)
	client.expedition_completed.connect(
		func(event: SectorkeepMessages.ExpeditionCompleted) -> void:
			add_line("Back from an expedition: +%d ore in store." % event.oreUnits, Palette.ORE)
	)
	client.incident_resolved.connect(
		func(event: SectorkeepMessages.IncidentResolved) -> void:
			add_line("The incident in sector %d: %s." % [event.sectorId, event.outcome.replace("_", " ")], Palette.ORE)
	)
	client.contract_tier_unlocked.connect(
		func(event: SectorkeepMessages.ContractTierUnlocked) -> void:
			add_line("Your guild contract has reached tier %d." % event.tier, Palette.GREEN)
	)
	client.server_notice.connect(
		func(event: SectorkeepMessages.ServerNotice) -> void: add_line(event.text, Palette.INK)
	)


func _unhandled_key_input(event: InputEvent) -> void:
	var keys := {
		KEY_M: _mine, KEY_A: _attack, KEY_F: _flee, KEY_U: _undock, KEY_E: _expedition, KEY_R: _react
	}
	var button: Button = keys.get((event as InputEventKey).keycode)
	if button != null and event.is_pressed() and not event.is_echo() and visible and not button.disabled:
		button.pressed.emit()


## Writes a line into the log.
func add_line(text: String, color := Palette.MUTED) -> void:
	_log.push_color(color)
	_log.add_text(text + "\n")
	_log.pop()
	if _log.get_paragraph_count() > LINES_MAX:
		_log.remove_paragraph(0)


## What the log says.
func log_text() -> String:
	return _log.get_parsed_text()


func _tell(reply: SectorkeepReply, accepted: String) -> void:
	if reply.ok:
		add_line(accepted)
	else:
		add_line(reply.message, Palette.RED)


func _on_harvest_completed(event: SectorkeepMessages.MiningHarvestCompleted) -> void:
	add_line("+%d ore. The field is %s." % [event.ore, event.depletion["state"]], Palette.ORE)


func _on_ship_chosen(ship: SectorkeepState.Ship) -> void:
	if ship.shipId != client.me.shipId:
		view.choose(ship.shipId)
		_refresh()


func _on_warp_chosen(sector_id: int) -> void:
	view.choose("")
	_tell(await client.warp(sector_id), "Through the gate to sector %d." % sector_id)


func _on_station_chosen(station: SectorkeepState.Station) -> void:
	_tell(await client.dock(station.stationId), "Docked at %s." % station.name)


func _refresh() -> void:
	var sector := client.sector
	var me := client.me
	_sector.text = "%s · sector %d" % [sector.name, sector.sectorId]
	_field.text = sector.type.to_lower().replace("_", " ")
	if sector.depletion != "":
		_field.text += " · %s, %s" % [sector.richness, sector.depletion]
	_incident.visible = sector.incidentId != ""
	_incident.text = "⚠ A %s: how will you react?" % sector.incidentType.replace("_", " ")
	_numbers.text = "%d / %d turns     %d cr     hold %d / %d" % [
		me.turns, me.maxTurns, me.credits, me.cargoCapacity - me.cargoFree, me.cargoCapacity
	]
	var ship := client.my_ship()
	_state.text = Sectorkeep.Connection.find_key(client.connection).to_lower()
	if client.connection == Sectorkeep.Connection.ONLINE and ship != null:
		_state.text = ship.status.to_lower().replace("_", " ")
	var is_free := ship != null and ship.status == "IN_SPACE"
	_mine.disabled = not is_free or sector.type != "ASTEROID_FIELD"
	_attack.disabled = not is_free or not sector.ships.has(view.chosen_ship_id)
	_flee.disabled = ship == null or ship.action.kind != "fight"
	_expedition.disabled = sector.type != "ASTEROID_FIELD"
	_react.disabled = sector.incidentId == ""
	_undock.disabled = ship == null or ship.status != "DOCKED"
