class_name PlaceButton
extends Button
## A way out or a station, at its place in the picture.


## Puts its middle there.
func center_on(place: Vector2) -> void:
	reset_size()
	position = place - size / 2
