extends "res://test/stage.gd"
## What the server's tests play of rooms and of flying.


## Each line of a file is a message in hexadecimal: read it, write it again.
func codec() -> void:
	var file := FileAccess.open(options["file"], FileAccess.READ)
	while not file.eof_reached():
		var line := file.get_line()
		if line != "":
			print("HEX ", WireMsgpack.encode(WireMsgpack.decode(line.hex_decode())).hex_encode())


## The wire client alone: shows the state whenever it is asked to, by a ship of that name coming in.
func wire() -> void:
	var client := WireClient.new(options["server"])
	var room := client.join_or_create("sector", {"sectorId": 1, "spectate": true})
	await room.joined
	await room.state_changed
	say("state", room.get_state())
	for changes in 3:
		var ships: Dictionary = room.get_state()["ships"]
		var count := ships.size()
		await until(func() -> bool: return room.get_state()["ships"].size() != count)
		say("state", room.get_state())
	room.leave()
	var ending: Array = await room.left
	check(ending[0] == 4000, "left with %s" % ending[0])


func refused_join() -> void:
	var client := pilot()
	var reply := await client.enter()
	check(not reply.ok, "the join was let in")
	say("refused", [reply.code, reply.message])


func guest() -> void:
	var client := pilot()
	check(not (await client.harvest()).ok, "nobody is connected")
	var signed_in := await client.sign_in_as_guest("Ada from Godot")
	check(signed_in.ok and client.token != "", "signed in: %s" % signed_in.code)
	var entered := await client.enter()
	check(entered.ok, "entered: %s" % entered.code)
	check(client.sector.sectorId > 0 and client.my_ship() != null, "the ship is there")
	check(client.my_ship().pilotName == "Ada from Godot", "its pilot's name")
	say("pilot", client.me.turns)
	client.leave()


func mine() -> void:
	var client := pilot()
	check((await client.enter()).ok, "entered")
	var done := []
	client.mining_harvest_completed.connect(
		func(event: SectorkeepMessages.MiningHarvestCompleted) -> void: done.append(event)
	)
	var preview := await client.preview_harvest()
	check(preview.ok and preview.obstacles.is_empty() and preview.turns == 5, "the preview")
	var reply := await client.harvest()
	check(reply.ok and reply.endTick > reply.startTick and reply.harvestId.length() == 36, "the harvest starts")
	await until(func() -> bool: return client.my_ship().status == "MINING")
	check(client.progress(client.my_ship()) < 0.5, "it has only begun: %s" % client.progress(client.my_ship()))
	check(client.me.turnsReserved == 5, "five turns are reserved")
	await until(func() -> bool: return client.progress(client.my_ship()) > 0.02)
	var again := await client.harvest()
	check(not again.ok and again.code != "" and again.message != "", "one harvest at a time")
	say("refused", again.code)
	await until(func() -> bool: return not done.is_empty())
	await until(func() -> bool: return client.my_ship().status == "IN_SPACE" and client.me.turns == 995)
	check(done[0].ore > 0 and done[0].harvestId == reply.harvestId, "the ore")
	check(client.me.cargo["ore"] == done[0].ore, "it is in the hold")
	say("ore", done[0].ore)
	client.leave()
	check(client.connection == Sectorkeep.Connection.OFFLINE, "it has left")


func interrupted() -> void:
	var client := pilot()
	await client.enter()
	say("here")
	var reply := await client.harvest()
	var event: SectorkeepMessages.MiningHarvestInterrupted = await client.mining_harvest_interrupted
	check(event.reason == "pvp_attack" and event.turnsRefunded == 2, "two turns come back")
	check(event.harvestId == reply.harvestId, "it is that harvest")
	var fled := await client.flee()
	check(fled.ok, "fleeing: %s" % fled.code)
	say("fleeing")
	var fight: SectorkeepMessages.CombatResolved = await client.combat_resolved
	check(fight.role == "defender" and fight.rounds > 0, "the fight is over")
	say("fought", fight.outcome)


func travel() -> void:
	var client := pilot()
	await client.enter()
	var station: SectorkeepState.Station = client.sector.stations.values()[0]
	check((await client.dock(station.stationId)).ok, "docked")
	await until(func() -> bool: return client.my_ship().status == "DOCKED")
	var grounded := await client.warp(2)
	check(not grounded.ok, "no warp from a berth: %s" % grounded.code)
	check((await client.undock()).ok, "undocked")
	var nowhere := await client.warp(77)
	check(nowhere.code == SectorkeepCodes.NO_SUCH_WARP, "no such warp: %s" % nowhere.code)
	var warped := await client.warp(2)
	check(warped.ok and warped.turnsSpent == 1, "warped: %s" % warped.code)
	check(client.connection == Sectorkeep.Connection.ONLINE and client.sector.sectorId == 2, "it is there")
	check(client.my_ship() != null, "with its ship")
	check((await client.preview_harvest()).ok, "and is heard there")
	say("turns", client.me.turns)


## The line is cut twice. What happens meanwhile is told once, what is asked meanwhile is done once.
func cut_twice() -> void:
	var client := pilot()
	await client.enter()
	var seen: Array[int] = []
	client.unknown_message.connect(
		func(_type: String, data: Variant) -> void: seen.append(int(data["eventId"]))
	)
	client.mining_harvest_completed.connect(
		func(event: SectorkeepMessages.MiningHarvestCompleted) -> void: seen.append(event.eventId)
	)
	for asked: Callable in [client.harvest, client.preview_harvest]:
		room_of(client).cut()
		await client.connection_changed
		check(client.connection == Sectorkeep.Connection.RECONNECTING, "it comes back by itself")
		var reply: SectorkeepReply = await asked.call()
		check(reply.ok, "asked while the line was cut: %s" % reply.code)
		check(client.connection == Sectorkeep.Connection.ONLINE, "it is back")
		say("back")
	say("waiting")
	# One that somebody else wrote after each time, and the harvest's.
	await until(func() -> bool: return seen.size() == 3)
	# The newest has not been acknowledged yet, so the server tells it again.
	room_of(client).cut()
	await client.connection_changed
	check((await client.preview_harvest()).ok, "back for the third time")
	seen.sort()
	say("seen", seen)


## The cursor of another session is all that is needed to hear what was missed.
func resume() -> void:
	var client := pilot()
	client.cursor = int(options["cursor"])
	var seen: Array[int] = []
	client.unknown_message.connect(
		func(_type: String, data: Variant) -> void: seen.append(int(data["eventId"]))
	)
	await client.enter()
	await until(func() -> bool: return seen.size() == 2)
	say("seen", seen)
	# The test writes one more when these have been acknowledged.
	await until(func() -> bool: return seen.size() == 3)


func superseded() -> void:
	var client := pilot()
	await client.enter()
	say("here")
	var code: int = await client.dismissed
	check(code == Sectorkeep.Close.SUPERSEDED, "dismissed with %d" % code)
	check((await client.harvest()).code == SectorkeepCodes.OFFLINE, "nobody is connected")


## The game itself: fly, mine, and wait for the ore, by its own buttons.
func game() -> void:
	var main := await flying_game()
	var client: Sectorkeep = main.get_node("Sectorkeep")
	var hud: Hud = main.get_node("Screen/Hud")
	if options.has("sector"):
		check((await client.warp(int(options["sector"]))).ok, "warped")
	var mine_button: Button = hud.get_node("%Mine")
	await until(func() -> bool: return not mine_button.disabled)
	mine_button.pressed.emit()
	await until(func() -> bool: return client.my_ship().status == "MINING")
	var ring: ProgressRing = main.get_node("SectorView").marker_of(client.me.shipId).get_node("Ring")
	check(ring.visible, "a ring while it mines")
	check(mine_button.disabled, "no button for what cannot be done")
	await until(func() -> bool: return ring.progress > 0.02)
	say("mining")
	if options.has("screenshot"):
		await until(func() -> bool: return ring.progress > float(options.get("at", "0.6")))
		await RenderingServer.frame_post_draw
		get_viewport().get_texture().get_image().save_png(options["screenshot"])
	await until(func() -> bool: return hud.log_text().contains(" ore."))
	say("log", hud.log_text())
	main.queue_free()


## A program from the documents.
func example() -> void:
	var program := GDScript.new()
	program.source_code = FileAccess.get_file_as_string(options["file"])
	check(program.reload() == OK, "it can be read")
	var node: Node = program.new()
	add_child(node)
	var client: Sectorkeep = node.client
	await until(func() -> bool: return client.my_ship() != null and client.my_ship().status == "MINING")
	say("mining")
	await client.mining_harvest_completed
	await until(func() -> bool: return client.me.turns == 995)
	node.queue_free()
