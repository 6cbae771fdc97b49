class_name SectorkeepStay
extends RefCounted
## A pilot's stay in the rooms: goes into the one where the ship is, comes back after a drop, leaves. For [Sectorkeep], which
## reads what the room says.

signal connection_changed(to: Sectorkeep.Connection)
signal state_changed(state: Dictionary)
signal message_received(type: Variant, data: Variant)
## It has ended for good; see [signal Sectorkeep.dismissed].
signal dismissed(close_code: int)

const CONSENTED := 4000
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
## A restart drops everybody in the same instant: they come back spread over this share of each wait.
const JITTER := 0.3

var connection := Sectorkeep.Connection.OFFLINE
## Why [signal dismissed] was emitted last.
var dismissal := SectorkeepReply.new()
## The room is joined anew, with the cursor; a seat that is taken again has the server's own.
var joins_anew := false
## The room that is heard; null while there is none.
var room: RefCounted

var _client: Sectorkeep
## Counts what was wanted of the connection: who finds after waiting that it is something else by now has nothing to do.
var _course := 0
## The room that was left last, held until it has said so.
var _parting: RefCounted
## What the seat can be taken again with after a drop.
var _reconnection_token := ""
## The room that is being joined, until all that is awaited of it is there; else null.
var _entry: Sectorkeep.Request
var _awaited: Array[String] = []


func _init(client: Sectorkeep) -> void:
	_client = client


## A wait of so many seconds, made longer by chance: not everybody's ends in the same instant.
static func spread(seconds: float) -> float:
	return seconds * (1.0 + randf() * JITTER)


## See [method Sectorkeep.enter].
func enter() -> SectorkeepReply:
	var course := _set_course(Sectorkeep.Connection.CONNECTING)
	var reply := await _keep_trying(course, _enter.bind(course), PASSING_AT_FIRST, _come_back_until())
	if course == _course:
		_set_connection(Sectorkeep.Connection.ONLINE if reply.ok else Sectorkeep.Connection.OFFLINE)
	return reply


func leave() -> void:
	_part()
	_set_course(Sectorkeep.Connection.OFFLINE)


## Goes on to where the ship is by now.
func move() -> void:
	_part()
	await _come_back("", Sectorkeep.Connection.CONNECTING)


## One of the two that make an entry complete has been read: the `state`, or the `pilot`'s own numbers.
func has_come(what: String) -> void:
	_awaited.erase(what)
	if _awaited.is_empty():
		_settle(true, {})


## Does something else with the connection from now on. What was being entered ends with `offline`.
func _set_course(to: Sectorkeep.Connection) -> int:
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


func _set_connection(to: Sectorkeep.Connection) -> void:
	if to == connection:
		return
	connection = to
	connection_changed.emit(to)


func _part() -> void:
	var left := room
	_hear(null)
	if left != null:
		_parting = left
		left.left.connect(_on_parted)
		left.leave()


func _on_parted(_code: int, _reason: String) -> void:
	_parting = null


func _enter(course: int) -> SectorkeepReply:
	var reply := await _client.http(HTTPClient.METHOD_GET, "/me")
	if course != _course:
		return SectorkeepReply.new()
	if not reply.ok:
		return reply
	joins_anew = true
	return await _take(_line().join_or_create("sector", _client.join_options(int(reply.fields["sectorId"]))))


func _take_again(reconnection_token: String) -> SectorkeepReply:
	joins_anew = false
	return await _take(_line().reconnect(reconnection_token))


func _line() -> RefCounted:
	return SectorkeepLine.create(_client.server, _client.token, _client.prefer_extension)


## Waits for a room that is being joined, and makes it the one that is heard.
func _take(joining: RefCounted) -> SectorkeepReply:
	SectorkeepLine.prepare(joining)
	_entry = Sectorkeep.Request.new()
	_awaited = ["state", "pilot"]
	# Heard before it can tell anything: the first messages come with the state.
	_hear(joining)
	var outcome: Array = await _entry.answered
	if outcome[0]:
		_reconnection_token = SectorkeepLine.reconnection_token(joining)
	elif room == joining:
		_hear(null)
	return SectorkeepReply.new(outcome[0], outcome[1])


## Hears this room from now on and no other.
func _hear(other: RefCounted) -> void:
	var handlers: Dictionary[StringName, Callable] = {
		&"message_received": _on_message, &"state_changed": _on_state_changed, &"error": _on_error, &"left": _on_left
	}
	SectorkeepLine.hear(room, other, handlers)
	room = other


func _on_message(type: Variant, data: Variant) -> void:
	message_received.emit(type, data)


func _on_state_changed() -> void:
	state_changed.emit(room.get_state())


func _on_error(_code: int, text: String) -> void:
	# Once it is in, an error changes nothing: what ends it comes as `left`.
	_settle(false, _refusal(text))


func _on_left(code: int, reason: String) -> void:
	_on_error(code, reason)
	if connection != Sectorkeep.Connection.ONLINE:
		return
	_hear(null)
	if code in [CONSENTED, Sectorkeep.Close.SUPERSEDED, Sectorkeep.Close.KICKED]:
		_dismiss(code, SectorkeepReply.new(false, {"code": "", "message": reason}))
	else:
		_come_back("" if code == Sectorkeep.Close.JOIN_AGAIN else _reconnection_token)


func _settle(is_in: bool, refusal: Dictionary) -> void:
	var entry := _entry
	_entry = null
	if entry != null:
		entry.answered.emit(is_in, refusal)


## The refusal in an error's text; a refused join carries it as JSON.
func _refusal(text: String) -> Dictionary:
	var start := text.find("{")
	var parsed: Variant = JSON.parse_string(text.substr(start)) if start >= 0 else null
	if parsed is Dictionary:
		return parsed
	return {} if text == "" else {"message": text}


func _come_back_until() -> float:
	return Time.get_ticks_msec() + Sectorkeep.COME_BACK_SECONDS * 1000.0


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
		var seconds := spread(RETRY_SECONDS[mini(tries, RETRY_SECONDS.size() - 1)])
		await _client.get_tree().create_timer(seconds).timeout
		tries += 1
	return SectorkeepReply.new()


## Takes the kept seat again, or joins anew where there is none, until it has worked, [constant Sectorkeep.COME_BACK_SECONDS]
## are over, or the server will not have the pilot any more.
func _come_back(reconnection_token: String, meanwhile := Sectorkeep.Connection.RECONNECTING) -> void:
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
		_set_connection(Sectorkeep.Connection.ONLINE)
	else:
		_dismiss(Sectorkeep.Close.SUPERSEDED if reply.code == SectorkeepCodes.SUPERSEDED else 0, reply)


## Ends it for good, unless the game wants something else as soon as it hears that it is offline.
func _dismiss(close_code: int, why: SectorkeepReply) -> void:
	dismissal = why
	var course := _set_course(Sectorkeep.Connection.OFFLINE)
	if course == _course:
		dismissed.emit(close_code)
