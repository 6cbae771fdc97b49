class_name ReactionLanes
extends Control
## Cues that come down four lanes, towards the line on which they are to be answered.

## A cue is seen so long before its time.
const LEAD_MS := 1500.0
const CUE_RADIUS := 16.0
const LINE_SHARE := 0.84
## How long it is shown what has become of a cue.
const SHOWN_MS := 500.0

## Null while there is none.
var reaction: SectorkeepReaction


func _process(_delta: float) -> void:
	if is_visible_in_tree():
		queue_redraw()


func _draw() -> void:
	var line := size.y * LINE_SHARE
	for lane in SectorkeepReaction.LANES:
		var x := _x(lane)
		draw_line(Vector2(x, 0), Vector2(x, size.y), Palette.LINE, 2)
		draw_arc(Vector2(x, line), CUE_RADIUS + 4, 0, TAU, 48, Palette.TEAL, 2, true)
	if reaction == null:
		return
	for number in reaction.cues.size():
		var cue := reaction.cues[number]
		var left_ms := cue.atMs - reaction.elapsed_ms()
		if left_ms < LEAD_MS and left_ms > -SectorkeepReaction.HIT_MS - SHOWN_MS:
			_draw_cue(number, Vector2(_x(cue.lane), line * (1 - left_ms / LEAD_MS)), line)


func _draw_cue(number: int, place: Vector2, line: float) -> void:
	if reaction.is_hit(number):
		_draw_mark("✓", Vector2(place.x, line), Palette.GREEN)
	elif reaction.is_missed(number):
		_draw_mark("✗", Vector2(place.x, line), Palette.RED)
	else:
		draw_circle(place, CUE_RADIUS, Palette.ORE, true, -1, true)


func _draw_mark(mark: String, place: Vector2, color: Color) -> void:
	draw_circle(place, CUE_RADIUS, Color(color, 0.25), true, -1, true)
	var corner := place + Vector2(-CUE_RADIUS, 8)
	draw_string(get_theme_default_font(), corner, mark, HORIZONTAL_ALIGNMENT_CENTER, CUE_RADIUS * 2, 22, color)


func _x(lane: int) -> float:
	return size.x * (lane + 0.5) / SectorkeepReaction.LANES
