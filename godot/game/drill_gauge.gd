class_name DrillGauge
extends Control
## Two rings: how far the work is, and how hot the drill. What is written in the middle says it too.

const WIDTH := 10.0
const HEAT_WIDTH := 6.0
const GAP := 6.0

## 0 to 1.
var work := 0.0:
	set(value):
		work = value
		queue_redraw()
## 0 to 1; at 1 the drill stops.
var heat := 0.0:
	set(value):
		heat = value
		queue_redraw()
var is_too_hot := false


func _draw() -> void:
	var radius := minf(size.x, size.y) / 2 - WIDTH
	var middle := size / 2
	_ring(middle, radius, WIDTH, work, Palette.ORE)
	_ring(middle, radius - WIDTH - GAP, HEAT_WIDTH, heat, Palette.RED)
	var font := get_theme_default_font()
	var text := "too hot" if is_too_hot else "%d %%" % floori(work * 100)
	var font_size := 22 if is_too_hot else 30
	var place := middle + Vector2(-radius, font_size * 0.35)
	draw_string(font, place, text, HORIZONTAL_ALIGNMENT_CENTER, radius * 2, font_size, Palette.INK)


func _ring(middle: Vector2, radius: float, width: float, share: float, color: Color) -> void:
	draw_arc(middle, radius, 0, TAU, 96, Color(color, 0.18), width, true)
	if share > 0:
		draw_arc(middle, radius, -TAU / 4, -TAU / 4 + TAU * share, 96, color, width, true)
