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
## How long it is tried to come in, or back. The server keeps a dropped pilot's seat for 30 s unless told otherwise; one that is
## being restarted takes longer.
const COME_BACK_SECONDS := 60.0
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
var connection: Connection:
	get:
		return _stay.connection
## Why [signal dismissed] was emitted last: the server's `code`, where it gave one, and its `message`.
var dismissal: SectorkeepReply:
	get:
		return _stay.dismissal
## What everybody sees; empty before [method enter].
var sector := SectorkeepState.SectorState.new()
## What the pilot alone may see.
var me := SectorkeepMessages.Pilot.new()

## In which room, and how it comes back there.
var _stay := SectorkeepStay.new(self)
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


func _init() -> void:
	_stay.connection_changed.connect(_on_connection_changed)
	_stay.state_changed.connect(_on_state_changed)
	_stay.message_received.connect(_on_message)
	_stay.dismissed.connect(dismissed.emit)


func _ready() -> void:
	var timer := Timer.new()
	timer.process_mode = Node.PROCESS_MODE_ALWAYS
	timer.wait_time = ACK_SECONDS
	timer.timeout.connect(_acknowledge)
	add_child(timer)
	timer.start()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _stay.room != null:
		_stay.room.leave()


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
	return await _stay.enter()


## Leaves the game. The ship goes as soon as nothing binds it.
func leave() -> void:
	_stay.leave()


## As in [SectorkeepApi], and then goes there: when it returns, [member sector] is the new one.
func warp(sector_id: int) -> SectorkeepMessages.WarpReply:
	var reply := await super(sector_id)
	if reply.ok and reply.sectorId != sector.sectorId:
		await _stay.move()
	return reply


## What a join has to say. For [SectorkeepStay].
func join_options(sector_id: int) -> Dictionary:
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


func _offset_ms(server_ms: float) -> float:
	return server_ms - Time.get_unix_time_from_system() * 1000.0


func _on_state_changed(state: Dictionary) -> void:
	var before := sector.ships.keys()
	if sector.sectorId != int(state.get("sectorId", 0)):
		sector = SectorkeepState.SectorState.new()
	sector.read(state)
	# What was late on its way makes the server's clock look slow: the most of all is the truest.
	_clock_offset_ms = maxf(_clock_offset_ms, _offset_ms(sector.clockRef.serverMs))
	_stay.has_come("state")
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
		_stay.has_come("pilot")
	elif event is SectorkeepMessages.Welcome:
		# One that is higher than the server's newest event is of another pilot, or from before the server was made anew.
		if cursor < 0 or _stay.joins_anew:
			cursor = event.cursor
		_clock_offset_ms = _offset_ms(event.serverMs)
	elif event is SectorkeepMessages.EventsTruncated:
		cursor = maxi(cursor, event.beforeEventId - 1)


func _acknowledge() -> void:
	if connection == Connection.ONLINE and cursor > _acked:
		_acked = cursor
		_stay.room.send_message("ack", {"eventId": cursor})


func _ask(request_name: String, body: Dictionary, reply: GDScript) -> SectorkeepReply:
	if connection == Connection.OFFLINE:
		return reply.new(false, {})
	var request := Request.new()
	request.name = request_name
	request.body = body
	body["requestId"] = _new_id()
	_requests[body["requestId"]] = request
	if connection == Connection.ONLINE:
		_stay.room.send_message(request_name, body)
	var answer: Array = await request.answered
	return reply.new(answer[0], answer[1])


func _new_id() -> String:
	return Crypto.new().generate_random_bytes(16).hex_encode()


func _on_connection_changed(to: Connection) -> void:
	if to == Connection.ONLINE:
		_acked = -1
		for request: Request in _requests.values():
			_stay.room.send_message(request.name, request.body)
	elif to == Connection.OFFLINE:
		var unanswered := _requests.values()
		_requests.clear()
		for request: Request in unanswered:
			request.answered.emit(false, {})
	connection_changed.emit(to)
