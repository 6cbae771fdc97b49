class_name Sectorkeep
extends SectorkeepApi
## A pilot's connection to a Sectorkeep server. Put it into the scene tree, or make it an autoload:
## [codeblock]
## await client.sign_in_as_guest("Ada")
## await client.enter()
## client.mining_harvest_completed.connect(func(event): print(event.ore, " ore"))
## var reply := await client.harvest()
## [/codeblock]
## It comes back by itself after a drop, asks again what the line has lost (under the same requestId, so it is carried out
## once), and tells each event of the pilot's feed once, in order.

enum Connection { OFFLINE, CONNECTING, ONLINE, RECONNECTING }

## [member connection] has changed.
signal connection_changed(connection: Connection)
## The state of the sector has changed: see [member sector].
signal sector_changed
signal ship_entered(ship: SectorkeepState.Ship)
signal ship_left(ship_id: String)
## Something that this version does not know; the protocol only ever grows.
signal unknown_message(type: String, data: Variant)
## The connection has ended for good: [enum Close], one of Colyseus' codes, or 0, coming back has failed. Why is in
## [member dismissal].
signal dismissed(close_code: int)

## Why a server closes a connection on purpose.
enum Close { SUPERSEDED = 4101, KICKED = 4102, JOIN_AGAIN = 4110 }

const PROTOCOL := 1
const CONSENTED := 4000
## How long it is tried to come in, or back. The server keeps a dropped pilot's seat for 30 s unless told otherwise; one that is
## being restarted takes longer.
const COME_BACK_SECONDS := 60.0
## What ends by itself: no reason to give up on a server that was there.
const PASSING: Array[String] = [
	SectorkeepCodes.OFFLINE,
	SectorkeepCodes.DRAINING,
	SectorkeepCodes.BUSY,
	SectorkeepCodes.STORE_UNAVAILABLE,
	SectorkeepCodes.ISSUER_UNAVAILABLE,
	SectorkeepCodes.CLOCK_SKEW,
	SectorkeepCodes.TOO_MANY_REQUESTS,
	SectorkeepCodes.NOT_IN_SECTOR,
]
## What a first entry waits for: the ship is on its way between two sectors while it is asked where it is, or the server is
## being restarted. Of anything else the game is told at once.
const PASSING_AT_FIRST: Array[String] = [SectorkeepCodes.NOT_IN_SECTOR, SectorkeepCodes.DRAINING]
const RETRY_SECONDS: Array[float] = [0.3, 0.6, 1.2, 2.4]
## How often the server hears what has been seen of the feed.
const ACK_SECONDS := 1.0

## Where the server is.
@export var server := "ws://localhost:2567"
## The program that the pilot plays through, as it is counted: `godot`, `godot_mining` … ; empty to say nothing.
@export var app_surface := "godot"
@export var app_version := ""
## The mission that this session is for, if it is for one.
@export var mission_id := ""
## Use the official extension where it is installed.
@export var prefer_extension := true

## Who the pilot is; from [method sign_in_as_guest] or an issuer of your own. Keep it: it is all there is of a guest.
var token := ""
## The newest event of the feed that has been told, -1 before the first. Keep it to hear next time what you have missed.
var cursor := -1
var connection := Connection.OFFLINE
## Why [signal dismissed] was emitted last: the server's `code`, where it gave one, and its `message`.
var dismissal := SectorkeepReply.new()
## What everybody sees; empty before [method enter].
var sector := SectorkeepState.SectorState.new()
## What the pilot alone may see.
var me := SectorkeepMessages.Pilot.new()

## Counts what was wanted of the connection: who finds after waiting that it is something else by now has nothing to do.
var _course := 0
## The room that is heard.
var _room: RefCounted
## The room that was left last, held until it has said so.
var _parting: RefCounted
## What the seat can be taken again with after a drop.
var _reconnection_token := ""
## The room that is being joined, until its state and the pilot's own numbers are there; else null.
var _entry: Request
var _awaited: Array[String] = []
## It is joined anew, with the cursor; a seat that is taken again has the server's own.
var _joins_anew := false
var _requests := {}
var _acked := -1
## The server's clock less ours.
var _clock_offset_ms := -INF


## A request that waits for its answer.
class Request:
	extends RefCounted
	signal answered(accepted: bool, body: Dictionary)
	var name: String
	var body: Dictionary


func _ready() -> void:
	var timer := Timer.new()
	timer.process_mode = Node.PROCESS_MODE_ALWAYS
	timer.wait_time = ACK_SECONDS
	timer.timeout.connect(_acknowledge)
	add_child(timer)
	timer.start()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _room != null:
		_room.leave()


## The ship that the pilot flies; null while it is not in this sector.
func my_ship() -> SectorkeepState.Ship:
	return sector.ships.get(me.shipId)


## The server's time in ms since 1970, as far as it is known here.
func server_now_ms() -> float:
	return Time.get_unix_time_from_system() * 1000.0 + _clock_offset_ms


## How far what a ship is doing has come, 0 to 1. Nothing is sent for it: it follows from two ticks and a clock.
func progress(ship: SectorkeepState.Ship) -> float:
	var clock := sector.clockRef
	var tick := clock.tick + (server_now_ms() - clock.serverMs) / clock.tickMs
	var length := ship.action.endTick - ship.action.startTick
	return 0.0 if length <= 0 else clampf((tick - ship.action.startTick) / length, 0.0, 1.0)


## Makes up a new user. The reply's `fields` are the token, the user's id and name; [member token] is set.
func sign_in_as_guest(pilot_name := "") -> SectorkeepReply:
	var reply := await http(HTTPClient.METHOD_POST, "/auth/guest", {} if pilot_name == "" else {"name": pilot_name})
	if reply.ok:
		token = reply.fields["token"]
		cursor = -1
	return reply


## Asks one of the HTTP routes. The reply's `fields` are the answer.
func http(
	method: HTTPClient.Method, path: String, body: Variant = null, headers := PackedStringArray()
) -> SectorkeepReply:
	var url := server.replace("ws://", "http://").replace("wss://", "https://").trim_suffix("/") + path
	var answer := await WireClient.request(method, url, token, body, _app_headers() + headers)
	var fields: Dictionary = answer.body if answer.body is Dictionary else {}
	return SectorkeepReply.new(answer.status == 200, fields)


func _call(method: HTTPClient.Method, path: String, body: Variant, reply: GDScript) -> SectorkeepReply:
	var answer := await http(method, path, body)
	return reply.new(answer.ok, answer.fields)


## Goes to where the pilot's ship is. Returns when the sector's state is there, or with the reason why not. A server that is being
## restarted is waited for, up to [constant COME_BACK_SECONDS].
func enter() -> SectorkeepReply:
	var course := _set_course(Connection.CONNECTING)
	var reply := await _keep_trying(course, _enter.bind(course), PASSING_AT_FIRST, _come_back_until())
	if course == _course:
		_set_connection(Connection.ONLINE if reply.ok else Connection.OFFLINE)
	return reply


## Leaves the game. The ship goes as soon as nothing binds it.
func leave() -> void:
	_part()
	_set_course(Connection.OFFLINE)


## As in [SectorkeepApi], and then goes there: when it returns, [member sector] is the new one.
func warp(sector_id: int) -> SectorkeepMessages.WarpReply:
	var reply := await super(sector_id)
	if reply.ok and reply.sectorId != sector.sectorId:
		_part()
		await _come_back("", Connection.CONNECTING)
	return reply


## Does something else with the connection from now on. What was being entered ends with `offline`.
func _set_course(to: Connection) -> int:
	_course += 1
	var course := _course
	var entry := _entry
	_entry = null
	if entry != null:
		_part()
	_set_connection(to)
	if entry != null:
		entry.answered.emit(false, {})
	return course


func _part() -> void:
	var room := _room
	_hear(null)
	if room != null:
		_parting = room
		room.left.connect(_on_parted)
		room.leave()


func _on_parted(_code: int, _reason: String) -> void:
	_parting = null


func _enter(course: int) -> SectorkeepReply:
	var reply := await http(HTTPClient.METHOD_GET, "/me")
	if course != _course:
		return SectorkeepReply.new()
	if not reply.ok:
		return reply
	var client := SectorkeepLine.create(server, token, prefer_extension)
	_joins_anew = true
	return await _take(client.join_or_create("sector", _join_options(int(reply.fields["sectorId"]))))


func _take_again(reconnection_token: String) -> SectorkeepReply:
	_joins_anew = false
	return await _take(SectorkeepLine.create(server, token, prefer_extension).reconnect(reconnection_token))


func _join_options(sector_id: int) -> Dictionary:
	var options := {"sectorId": sector_id, "protocol": PROTOCOL, "sdk": SectorkeepLine.sdk_version(prefer_extension)}
	if cursor >= 0:
		options["cursor"] = cursor
	options.merge(_app_context(["appSurface", "appVersion", "missionId"]))
	return options


func _app_context(names: Array[String]) -> Dictionary:
	if app_surface == "":
		return {}
	var context := {names[0]: app_surface}
	if app_version != "":
		context[names[1]] = app_version
	if mission_id != "":
		context[names[2]] = mission_id
	return context


func _app_headers() -> PackedStringArray:
	var context := _app_context(["X-App-Surface", "X-App-Version", "X-Mission-Id"])
	return PackedStringArray(context.keys().map(func(key: String) -> String: return "%s: %s" % [key, context[key]]))


## Waits for a room that is being joined, and makes it the one that is heard.
func _take(room: RefCounted) -> SectorkeepReply:
	SectorkeepLine.prepare(room)
	_entry = Request.new()
	_awaited = ["state", "pilot"]
	# Heard before it can tell anything: the first messages come with the state.
	_hear(room)
	var outcome: Array = await _entry.answered
	if outcome[0]:
		_reconnection_token = SectorkeepLine.reconnection_token(room)
	elif _room == room:
		_hear(null)
	return SectorkeepReply.new(outcome[0], outcome[1])


## Hears this room from now on and no other.
func _hear(room: RefCounted) -> void:
	var handlers: Dictionary[StringName, Callable] = {
		&"message_received": _on_message, &"state_changed": _on_state_changed, &"error": _on_error, &"left": _on_left
	}
	SectorkeepLine.hear(_room, room, handlers)
	_room = room


## The refusal in an error's text; a refused join carries it as JSON.
func _refusal(text: String) -> Dictionary:
	var start := text.find("{")
	var parsed: Variant = JSON.parse_string(text.substr(start)) if start >= 0 else null
	if parsed is Dictionary:
		return parsed
	return {} if text == "" else {"message": text}


func _offset_ms(server_ms: float) -> float:
	return server_ms - Time.get_unix_time_from_system() * 1000.0


func _has_come(what: String) -> void:
	_awaited.erase(what)
	if _awaited.is_empty():
		_settle(true, {})


func _settle(is_in: bool, refusal: Dictionary) -> void:
	var entry := _entry
	_entry = null
	if entry != null:
		entry.answered.emit(is_in, refusal)


func _on_error(_code: int, text: String) -> void:
	# Once it is in, an error changes nothing: what ends it comes as `left`.
	_settle(false, _refusal(text))


func _on_state_changed() -> void:
	var before := sector.ships.keys()
	if sector.sectorId != int(_room.get_state().get("sectorId", 0)):
		sector = SectorkeepState.SectorState.new()
	sector.read(_room.get_state())
	# What was late on its way makes the server's clock look slow: the most of all is the truest.
	_clock_offset_ms = maxf(_clock_offset_ms, _offset_ms(sector.clockRef.serverMs))
	_has_come("state")
	for ship_id: String in sector.ships:
		if ship_id not in before:
			ship_entered.emit(sector.ships[ship_id])
	for ship_id: String in before:
		if not sector.ships.has(ship_id):
			ship_left.emit(ship_id)
	sector_changed.emit()


func _on_message(type: Variant, data: Variant) -> void:
	var body: Dictionary = data if data is Dictionary else {}
	if type == "accepted" or type == "refused":
		var request: Request = _requests.get(body.get("requestId", ""))
		if request != null:
			_requests.erase(body["requestId"])
			request.answered.emit(type == "accepted", body)
		return
	if body.has("eventId"):
		# Told before, in another session of this game perhaps.
		if int(body["eventId"]) <= cursor:
			return
		cursor = int(body["eventId"])
	if not event_classes.has(type):
		unknown_message.emit(str(type), data)
		return
	var event: RefCounted = event_classes[type].new(body)
	_remember(event)
	emit_signal(type, event)


func _remember(event: RefCounted) -> void:
	if event is SectorkeepMessages.Pilot:
		me = event
		_has_come("pilot")
	elif event is SectorkeepMessages.Welcome:
		# One that is higher than the server's newest event is of another pilot, or from before the server was made anew.
		if cursor < 0 or _joins_anew:
			cursor = event.cursor
		_clock_offset_ms = _offset_ms(event.serverMs)
	elif event is SectorkeepMessages.EventsTruncated:
		cursor = maxi(cursor, event.beforeEventId - 1)


func _acknowledge() -> void:
	if connection == Connection.ONLINE and cursor > _acked:
		_acked = cursor
		_room.send_message("ack", {"eventId": cursor})


func _ask(request_name: String, body: Dictionary, reply: GDScript) -> SectorkeepReply:
	if connection == Connection.OFFLINE:
		return reply.new(false, {})
	var request := Request.new()
	request.name = request_name
	request.body = body
	body["requestId"] = _new_id()
	_requests[body["requestId"]] = request
	if connection == Connection.ONLINE:
		_room.send_message(request_name, body)
	var answer: Array = await request.answered
	return reply.new(answer[0], answer[1])


func _new_id() -> String:
	return Crypto.new().generate_random_bytes(16).hex_encode()


func _set_connection(to: Connection) -> void:
	if to == connection:
		return
	connection = to
	if to == Connection.ONLINE:
		_acked = -1
		for request: Request in _requests.values():
			_room.send_message(request.name, request.body)
	elif to == Connection.OFFLINE:
		var unanswered := _requests.values()
		_requests.clear()
		for request: Request in unanswered:
			request.answered.emit(false, {})
	connection_changed.emit(to)


func _on_left(code: int, reason: String) -> void:
	_on_error(code, reason)
	if connection != Connection.ONLINE:
		return
	_hear(null)
	if code in [CONSENTED, Close.SUPERSEDED, Close.KICKED]:
		_dismiss(code, SectorkeepReply.new(false, {"code": "", "message": reason}))
	else:
		_come_back("" if code == Close.JOIN_AGAIN else _reconnection_token)


func _come_back_until() -> float:
	return Time.get_ticks_msec() + COME_BACK_SECONDS * 1000.0


## Does it again for as long as it is refused with what passes, at most until [param deadline_ms] of the engine's own ticks.
## [param attempt] returns a [SectorkeepReply].
func _keep_trying(
	course: int, attempt: Callable, passing: Array[String], deadline_ms: float
) -> SectorkeepReply:
	var tries := 0
	while course == _course:
		var reply: SectorkeepReply = await attempt.call()
		if course != _course or reply.ok or reply.code not in passing or Time.get_ticks_msec() > deadline_ms:
			return reply
		if reply.code == SectorkeepCodes.DRAINING:
			# Soon it is away, then it is starting.
			passing = PASSING
		await get_tree().create_timer(RETRY_SECONDS[mini(tries, RETRY_SECONDS.size() - 1)]).timeout
		tries += 1
	return SectorkeepReply.new()


## Takes the kept seat again, or joins anew where there is none, until it has worked, [constant COME_BACK_SECONDS] are over,
## or the server will not have the pilot any more.
func _come_back(reconnection_token: String, meanwhile := Connection.RECONNECTING) -> void:
	var course := _set_course(meanwhile)
	var deadline_ms := _come_back_until()
	var reply: SectorkeepReply
	if reconnection_token != "":
		reply = await _keep_trying(course, _take_again.bind(reconnection_token), PASSING, deadline_ms)
	if reply == null or not (reply.ok or reply.code in PASSING or reply.code == SectorkeepCodes.SUPERSEDED):
		reply = await _keep_trying(course, _enter.bind(course), PASSING, deadline_ms)
	if course != _course:
		return
	if reply.ok:
		_set_connection(Connection.ONLINE)
	else:
		_dismiss(Close.SUPERSEDED if reply.code == SectorkeepCodes.SUPERSEDED else 0, reply)


## Ends it for good, unless the game wants something else as soon as it hears that it is offline.
func _dismiss(close_code: int, why: SectorkeepReply) -> void:
	dismissal = why
	var course := _set_course(Connection.OFFLINE)
	if course == _course:
		dismissed.emit(close_code)
