class_name SectorView
extends Node2D
## A sector's picture. The game gives no places inside a sector: these are made up, always the same for the same sector.

signal ship_chosen(ship: SectorkeepState.Ship)
signal warp_chosen(sector_id: int)
signal station_chosen(station: SectorkeepState.Station)

const RADIUS := 330.0
const GOLDEN_ANGLE := 2.399963
const SLOT_SPACING := 76.0
const ROCKS_LEAST := 24
const ROCKS_PER_TIER := 18

@export var client: Sectorkeep
@export var ship_scene: PackedScene
@export var place_scene: PackedScene

var chosen_ship_id := ""

var _markers: Dictionary[String, ShipMarker] = {}
## Which place a ship has: the first that is free when it comes.
var _slots: Dictionary[String, int] = {}
var _sector_id := 0

@onready var _ships: Node2D = $Ships
@onready var _places: Node2D = $Places


func _ready() -> void:
	client.sector_changed.connect(_refresh)
	client.ship_left.connect(_remove_ship)
	client.pilot.connect(func(_me: SectorkeepMessages.Pilot) -> void: _refresh())


## Chooses a ship, to attack it for one.
func choose(ship_id: String) -> void:
	chosen_ship_id = ship_id
	for id in _markers:
		_markers[id].is_chosen = id == ship_id


## The mark of a ship that is here, or null.
func marker_of(ship_id: String) -> ShipMarker:
	return _markers.get(ship_id)


func _refresh() -> void:
	if client.sector.sectorId != _sector_id:
		_build()
	for ship: SectorkeepState.Ship in client.sector.ships.values():
		if _markers.has(ship.shipId):
			_markers[ship.shipId].refresh()
		elif client.me.shipId != "":
			_add_ship(ship)
	queue_redraw()


func _build() -> void:
	_sector_id = client.sector.sectorId
	for ship_id: String in _markers.keys():
		_remove_ship(ship_id)
	for place in _places.get_children():
		place.queue_free()
	var warps := client.sector.warps.values()
	warps.sort_custom(
		func(one: SectorkeepState.Warp, other: SectorkeepState.Warp) -> bool: return one.sectorId < other.sectorId
	)
	for at in warps.size():
		var warp: SectorkeepState.Warp = warps[at]
		var text := "→ %d  (%d %s)" % [warp.sectorId, warp.turnCost, "turn" if warp.turnCost == 1 else "turns"]
		_add_place(text, TAU * at / warps.size(), RADIUS, warp_chosen.emit.bind(warp.sectorId))
	var stations := client.sector.stations.values()
	for at in stations.size():
		var station: SectorkeepState.Station = stations[at]
		_add_place("⌂ " + station.name, TAU * (0.39 + 0.09 * at), RADIUS * 0.62, station_chosen.emit.bind(station))


func _add_place(text: String, angle: float, distance: float, act: Callable) -> void:
	var place: PlaceButton = place_scene.instantiate()
	place.text = text
	place.pressed.connect(act)
	_places.add_child(place)
	place.center_on(Vector2.from_angle(angle) * distance)


func _add_ship(ship: SectorkeepState.Ship) -> void:
	var slot := 0
	while slot in _slots.values():
		slot += 1
	_slots[ship.shipId] = slot
	var marker: ShipMarker = ship_scene.instantiate()
	marker.ship = ship
	marker.client = client
	marker.position = Vector2.from_angle(slot * GOLDEN_ANGLE + 0.6) * SLOT_SPACING * sqrt(slot + 0.4)
	marker.chosen.connect(ship_chosen.emit)
	_markers[ship.shipId] = marker
	_ships.add_child(marker)


func _remove_ship(ship_id: String) -> void:
	if not _markers.has(ship_id):
		return
	_markers[ship_id].queue_free()
	_markers.erase(ship_id)
	_slots.erase(ship_id)


func _draw() -> void:
	if _sector_id == 0:
		return
	draw_arc(Vector2.ZERO, RADIUS, 0, TAU, 128, Palette.LINE, 1.5, true)
	if client.sector.type != "ASTEROID_FIELD":
		return
	var chance := RandomNumberGenerator.new()
	chance.seed = _sector_id
	var tilt := chance.randf() * PI
	for rock in ROCKS_LEAST + ROCKS_PER_TIER * client.sector.richnessTier:
		# A belt through the middle, dense along its line.
		var along := chance.randf_range(-1, 1) * RADIUS * 0.92
		var across := (chance.randf() + chance.randf() - 1) * RADIUS * 0.4
		var place := Vector2(along, across).rotated(tilt)
		var size := 3 + 12 * pow(chance.randf(), 3)
		if place.length() < RADIUS * 0.95:
			draw_circle(place, size, Palette.ROCK.lightened(chance.randf() * 0.15), true, -1, true)
