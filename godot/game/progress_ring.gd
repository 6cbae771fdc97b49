class_name ProgressRing
extends Node2D
## A ring that fills up clockwise from the top.

@export var radius := 26.0
@export var width := 4.0
@export var color := Palette.ORE

## 0 to 1.
var progress := 0.0:
	set(value):
		progress = value
		queue_redraw()


func _draw() -> void:
	draw_arc(Vector2.ZERO, radius, 0, TAU, 48, Color(color, 0.2), width, true)
	if progress > 0:
		draw_arc(Vector2.ZERO, radius, -TAU / 4, -TAU / 4 + TAU * progress, 48, color, width, true)
