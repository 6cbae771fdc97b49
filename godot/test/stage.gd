extends Node
## What all test scenes have. `SAY …` lines are for the test that started it, `FAIL …` is what went wrong.

var options := {}
var failures := 0


func check(holds: bool, what: String) -> void:
	if not holds:
		failures += 1
		print("FAIL ", what)


func say(what: String, value: Variant = null) -> void:
	print("SAY ", what, "" if value == null else " " + JSON.stringify(value))


## Waits for something that the server or another player does.
func until(holds: Callable) -> void:
	while not holds.call():
		await get_tree().process_frame


func pilot() -> Sectorkeep:
	var client := Sectorkeep.new()
	client.server = options["server"]
	client.token = options.get("token", "")
	client.app_version = "1.0"
	add_child(client)
	return client


## What carries a client's line just now, null where nothing does: to cut it, or to see that it goes.
func room_of(client: Sectorkeep) -> WireRoom:
	return client._stay.room


## The game itself, signed in as the pilot whose token the test has given, or as a guest.
func flying_game() -> Node:
	var main: Node = load("res://game/main.tscn").instantiate()
	add_child(main)
	main.get_node("Screen/SignIn/%Fly").pressed.emit()
	await until(func() -> bool: return main.get_node("Screen/Hud").visible)
	return main


## Writes what is seen into a file, if the test wants to see it and there is a screen.
func look(name: String) -> void:
	if not options.has("pictures"):
		return
	for frame in 2:
		await RenderingServer.frame_post_draw
	get_viewport().get_texture().get_image().save_png("%s/%s.png" % [options["pictures"], name])
