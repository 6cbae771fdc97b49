class_name ShipMarker
extends Area2D
## A ship in the picture. It shows what the state says; clicking it chooses it.

signal chosen(ship: SectorkeepState.Ship)

const OUTLINE: PackedVector2Array = [
	Vector2(0, -14), Vector2(10, 12), Vector2(0, 7), Vector2(-10, 12)
]
const BAR := Rect2(-18, 30, 36, 3)

var ship: SectorkeepState.Ship
var client: Sectorkeep
var is_chosen := false:
	set(value):
		is_chosen = value
		queue_redraw()

@onready var _name: Label = $Name
@onready var _ring: ProgressRing = $Ring


func _ready() -> void:
	_name.text = ship.pilotName
	_name.modulate = Palette.TEAL if _is_mine() else Palette.MUTED
	input_event.connect(_on_input_event)
	refresh()


func _process(_delta: float) -> void:
	if _ring.visible:
		_ring.progress = client.progress(ship)


## The state has changed.
func refresh() -> void:
	var kind := ship.action.kind
	_ring.visible = kind != ""
	_ring.color = Palette.ORE if kind == "harvest" else Palette.RED
	queue_redraw()


func _is_mine() -> bool:
	return ship.shipId == client.me.shipId


func _draw() -> void:
	var color := Palette.TEAL if _is_mine() else Palette.INK
	if ship.status == "DOCKED":
		color = Color(color, 0.45)
	draw_colored_polygon(OUTLINE, color)
	if is_chosen:
		draw_arc(Vector2.ZERO, 34, 0, TAU, 4, Palette.RED, 1.5, true)
	_draw_bar(0, ship.shield, ship.shieldMax, Palette.TEAL)
	_draw_bar(5, ship.hull, ship.hullMax, Palette.GREEN)


func _draw_bar(down: float, value: int, value_max: int, color: Color) -> void:
	if value_max == 0 or value == value_max:
		return
	var place := Rect2(BAR.position + Vector2(0, down), BAR.size)
	draw_rect(place, Palette.LINE)
	draw_rect(Rect2(place.position, Vector2(place.size.x * value / value_max, place.size.y)), color)


func _on_input_event(_viewport: Node, event: InputEvent, _shape: int) -> void:
	if event is InputEventMouseButton and event.pressed and event.button_index == MOUSE_BUTTON_LEFT:
		chosen.emit(ship)
