extends "res://test/stage.gd"
## What the server's tests play of lines that drop, die or are left.

const Connection := Sectorkeep.Connection


## A program of a later protocol than the server's.
class Newer:
	extends Sectorkeep

	func join_options(sector_id: int) -> Dictionary:
		return super(sector_id).merged({"protocol": PROTOCOL + 1}, true)


## A pilot, and what it has said of its connection.
func heard_pilot() -> Array:
	var client := pilot()
	var heard: Array[String] = []
	client.connection_changed.connect(func(to: Connection) -> void: heard.append(Connection.find_key(to)))
	client.dismissed.connect(func(code: int) -> void: heard.append("dismissed %d" % code))
	return [client, heard]


func wait(seconds: float) -> void:
	await get_tree().create_timer(seconds).timeout


## Rooms that were left or dropped are gone, the game's and the galaxy's.
func let_go() -> void:
	var client := pilot()
	check((await client.enter()).ok, "entered")
	var rooms: Array[WeakRef] = []
	for sector_id: int in [2, 1, 2]:
		rooms.append(weakref(room_of(client)))
		check((await client.warp(sector_id)).ok, "warped")
	for cuts in 2:
		rooms.append(weakref(room_of(client)))
		room_of(client).cut()
		await until(func() -> bool: return client.connection == Connection.RECONNECTING)
		await until(func() -> bool: return client.connection == Connection.ONLINE)
	rooms.append(weakref(room_of(client)))
	client.free()
	say("freed")
	var galaxy := SectorkeepGalaxy.new()
	galaxy.server = options["server"]
	add_child(galaxy)
	check(await galaxy.watch(), "watching")
	rooms.append(weakref(galaxy._room))
	galaxy._room.cut()
	await until(func() -> bool: return galaxy._room == null)
	# While it waits before it comes back.
	galaxy.leave()
	await wait(SectorkeepGalaxy.RETRY_SECONDS * (1.0 + SectorkeepStay.JITTER) + 0.5)
	check(galaxy._room == null, "it watches no longer")
	var kept := rooms.filter(func(room: WeakRef) -> bool: return room.get_ref() != null)
	check(kept.is_empty(), "%d of %d rooms are kept" % [kept.size(), rooms.size()])


## Leaves while it is on its way in, at several moments, and while it comes back.
func leave_on_the_way() -> void:
	for seconds: float in [0.0, 0.01, 0.03]:
		var parts := heard_pilot()
		var client: Sectorkeep = parts[0]
		var replies: Array[SectorkeepReply] = []
		var entering := func() -> void: replies.append(await client.enter())
		entering.call()
		await wait(seconds)
		client.leave()
		await until(func() -> bool: return replies.size() == 1)
		await wait(0.2)
		check(parts[1].back() == "OFFLINE" and room_of(client) == null, "left after %s s: %s" % [seconds, parts[1]])
		client.free()
	var parts := heard_pilot()
	var client: Sectorkeep = parts[0]
	check((await client.enter()).ok, "entered")
	client.connection_changed.connect(
		func(to: Connection) -> void:
			if to == Connection.RECONNECTING:
				client.leave()
	)
	room_of(client).cut()
	await wait(0.5)
	check("OFFLINE" in parts[1] and not "dismissed 0" in parts[1], "left while coming back: %s" % [parts[1]])
	check(room_of(client) == null, "no room")
	say("left")
	await wait(0.2)


## The line dies without a word: the test lets nothing through any more when it is asked to. Time is told to have gone by.
func dead_line() -> void:
	var client := pilot()
	check((await client.enter()).ok, "entered")
	var room := room_of(client)
	room._heard_ms -= WireRoom.SILENCE_MS_MAX
	await until(func() -> bool: return room._asked_ms != 0)
	await until(func() -> bool: return room._asked_ms == 0)
	check(client.connection == Connection.ONLINE, "the server answers")
	check(not (await client.http(HTTPClient.METHOD_GET, "/die")).ok, "there is nothing there")
	var answers: Array[SectorkeepReply] = []
	var asking := func() -> void: answers.append(await client.preview_harvest())
	asking.call()
	await wait(0.3)
	check(answers.is_empty(), "nothing comes through")
	room._heard_ms -= WireRoom.SILENCE_MS_MAX
	await until(func() -> bool: return room._asked_ms != 0)
	room._asked_ms -= WireRoom.ANSWER_MS_MAX
	await until(func() -> bool: return client.connection == Connection.RECONNECTING)
	say("noticed")
	await until(func() -> bool: return not answers.is_empty())
	check(answers[0].ok and client.connection == Connection.ONLINE, "it is back, and answered")


## The network is away between the answer to a warp and the join that follows.
func warp_into_nothing() -> void:
	var parts := heard_pilot()
	var client: Sectorkeep = parts[0]
	check((await client.enter()).ok, "entered")
	var server := client.server
	room_of(client).message_received.connect(
		func(type: Variant, _data: Variant) -> void:
			if type == "accepted":
				client.server = "ws://127.0.0.1:1"
	)
	var mend := func() -> void:
		await until(func() -> bool: return client.server != server)
		await wait(0.2)
		client.server = server
	mend.call()
	var reply := await client.warp(2)
	check(reply.ok and client.sector.sectorId == 2, "warped: %s" % reply.code)
	check(client.connection == Connection.ONLINE, "it is there: %s" % [parts[1]])
	check((await client.preview_harvest()).code != SectorkeepCodes.OFFLINE, "it is heard")


## A paused game comes back; and a cursor from another galaxy hides nothing.
func paused() -> void:
	process_mode = Node.PROCESS_MODE_ALWAYS
	var client := pilot()
	client.process_mode = Node.PROCESS_MODE_PAUSABLE
	client.cursor = 1000
	check((await client.enter()).ok, "entered")
	check(client.cursor == 0, "the server's cursor: %d" % client.cursor)
	get_tree().paused = true
	room_of(client).cut()
	await until(func() -> bool: return client.connection == Connection.RECONNECTING)
	await until(func() -> bool: return client.connection == Connection.ONLINE)
	get_tree().paused = false


## Finds when it comes back that its player has gone on in another program.
func ousted() -> void:
	var client := pilot()
	check((await client.enter()).ok, "entered")
	var server := client.server
	client.server = "ws://127.0.0.1:1"
	room_of(client).cut()
	await until(func() -> bool: return client.connection == Connection.RECONNECTING)
	var other := pilot()
	check((await other.enter()).ok, "the other has entered")
	client.server = server
	var code: int = await client.dismissed
	check(code == Sectorkeep.Close.SUPERSEDED, "dismissed with %d" % code)
	check(client.dismissal.code == SectorkeepCodes.SUPERSEDED, "because of %s" % client.dismissal.code)
	check(other.connection == Connection.ONLINE, "the other flies on")


## Waits to be sent away and let in again.
func restart() -> void:
	var parts := heard_pilot()
	var client: Sectorkeep = parts[0]
	check((await client.enter()).ok, "entered")
	say("here")
	await until(func() -> bool: return client.connection != Connection.ONLINE)
	await until(func() -> bool: return client.connection != Connection.RECONNECTING)
	check(parts[1] == ["CONNECTING", "ONLINE", "RECONNECTING", "ONLINE"], "it is back: %s" % [parts[1]])


## Comes for the first time while the server is being restarted.
func enter_restarting() -> void:
	var parts := heard_pilot()
	var client: Sectorkeep = parts[0]
	say("outside")
	while (await client.http(HTTPClient.METHOD_GET, "/readyz")).ok:
		await wait(0.05)
	var reply := await client.enter()
	check(reply.ok, "entered: %s" % reply.code)
	check(parts[1] == ["CONNECTING", "ONLINE"], "it is in: %s" % [parts[1]])


## Is not let in again.
func shut_out() -> void:
	var client := pilot()
	check((await client.enter()).ok, "entered")
	client.token = "not-a-token"
	# The test has the server say that it is to be joined anew.
	say("here")
	var code: int = await client.dismissed
	say("dismissed", [code, client.dismissal.code, client.dismissal.message])
	var newer := Newer.new()
	newer.server = client.server
	newer.token = options["token"]
	add_child(newer)
	var refused := await newer.enter()
	say("refused", [refused.code, refused.message])


## Several programs wait for a server that is being restarted, and watch a galaxy that has gone away. Each asks under an
## address of its own, and the pilots are sent away in the end: the test looks at when they ask.
func crowd() -> void:
	var away: String = options["away"]
	var replies: Array[SectorkeepReply] = []
	for number in 8:
		var galaxy := SectorkeepGalaxy.new()
		galaxy.server = options["server"]
		add_child(galaxy)
		check(await galaxy.watch(), "watching")
		galaxy.server = "%s/galaxy-%d" % [away, number]
	for child in get_children():
		(child as SectorkeepGalaxy)._room.cut()
	for number in 8:
		var client := pilot()
		client.server = "%s/pilot-%d" % [away, number]
		var entering := func() -> void: replies.append(await client.enter())
		entering.call()
	await until(func() -> bool: return replies.size() == 8)
	await wait(SectorkeepGalaxy.RETRY_SECONDS)


## The game: a wrong token in the form costs no guest its account.
func typo() -> void:
	var main := await flying_game()
	var guest: String = main.get_node("Sectorkeep").token
	main.get_node("Sectorkeep").leave()
	main.free()
	main = load("res://game/main.tscn").instantiate()
	add_child(main)
	main.get_node("Screen/SignIn/%Token").text = "eyJ-a-typo"
	main.get_node("Screen/SignIn/%Fly").pressed.emit()
	var message: Label = main.get_node("Screen/SignIn/%Message")
	await until(func() -> bool: return message.text not in ["", "Connecting …"])
	main.free()
	main = await flying_game()
	check(main.get_node("Sectorkeep").token == guest, "it is the same guest")
	main.free()
