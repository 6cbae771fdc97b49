class_name WireRoom
extends RefCounted
## A room, over one WebSocket. Signals and methods are those of the official extension's `Colyseus.Room`.

signal joined
signal state_changed
signal message_received(type: String, data: Variant)
signal error(code: int, message: String)
signal left(code: int, reason: String)

## Codes of the protocol: the first byte of each frame.
enum Code { JOIN_ROOM = 10, ERROR = 11, LEAVE_ROOM = 12, ROOM_DATA = 13, ROOM_STATE = 14, PATCH = 15, PING = 18 }

## A client that leaves on purpose says so: its seat is not kept.
const CONSENTED := 4000
## What a socket that ended without a closing frame is reported as.
const CLOSED_ABNORMALLY := 1006
const INBOUND_BYTES_MAX := 4 * 1024 * 1024
## After such a silence the server is asked whether it is there. A quiet sector has nothing to tell for hours.
const SILENCE_MS_MAX := 6_000
## What the server has not answered by then, that or the handshake, it has never heard: the line has died without a word.
const ANSWER_MS_MAX := 10_000

var connected: bool:
	get:
		return _is_joined and _socket.get_ready_state() == WebSocketPeer.STATE_OPEN

## Who asks for its seat, while it is asked for. For [WireClient].
var asker: RefCounted

var _socket := WebSocketPeer.new()
var _decoder: WireSchemaDecoder
var _is_joined := false
var _is_open := false
## Left before there was a line.
var _has_left := false
var _heard_ms := 0
## Since when an answer is waited for; 0 while none is.
var _asked_ms := 0
var _room_id := ""
var _session_id := ""
var _token := ""
## The last error that the server told; a join that was refused ends with it.
var _refusal := ""


## Takes the seat at `url`. For [WireClient].
func open(url: String, seat: Dictionary) -> void:
	_room_id = seat["roomId"]
	_session_id = seat["sessionId"]
	if _has_left:
		fail(CONSENTED, "left before it was entered")
		return
	_socket.inbound_buffer_size = INBOUND_BYTES_MAX
	_socket.max_queued_packets = 65536
	if _socket.connect_to_url(url) != OK:
		fail(0, "no connection")
		return
	_is_open = true
	_asked_ms = Time.get_ticks_msec()
	var tree: SceneTree = Engine.get_main_loop()
	tree.process_frame.connect(poll)


## There will be no line. For [WireClient].
func fail(code: int, reason: String) -> void:
	error.emit(code, reason)
	_let_go()


func send_message(type: String, data: Variant = null) -> void:
	if not connected:
		return
	var frame := PackedByteArray([Code.ROOM_DATA]) + WireMsgpack.encode(type)
	_socket.send(frame + (PackedByteArray() if data == null else WireMsgpack.encode(data)))


func leave() -> void:
	_has_left = true
	if connected:
		_socket.send(PackedByteArray([Code.LEAVE_ROOM]))
		# It goes out now: there may be no other frame of the tree.
		_socket.poll()
	elif _is_open:
		_socket.close(CONSENTED)


## The room's state: Dictionaries by fields' names and maps' keys, which the room keeps up to date.
func get_state() -> Dictionary:
	return {} if _decoder == null else _decoder.state


func get_id() -> String:
	return _room_id


func get_session_id() -> String:
	return _session_id


func get_reconnection_token() -> String:
	return "%s:%s" % [_room_id, _token]


## It reconnects to nothing by itself: that is the game's to decide.
func set_reconnection_options(_options: Dictionary) -> void:
	pass


## The line is cut, as by a bad network: for tests and for those who want to see what happens.
func cut() -> void:
	_socket.close(3000, "cut")


## Reads what has come. Called in each frame of the scene tree.
func poll() -> void:
	_socket.poll()
	while _socket.get_available_packet_count() > 0:
		_heard_ms = Time.get_ticks_msec()
		_asked_ms = 0
		_read(_socket.get_packet())
	_end_silence()
	if _is_open and _socket.get_ready_state() == WebSocketPeer.STATE_CLOSED:
		_is_open = false
		var tree: SceneTree = Engine.get_main_loop()
		tree.process_frame.disconnect(poll)
		_end()


## Notices a line that is dead though nobody has closed it.
func _end_silence() -> void:
	var now_ms := Time.get_ticks_msec()
	if _asked_ms != 0 and now_ms - _asked_ms > ANSWER_MS_MAX:
		# At once: there is nobody to answer a closing frame.
		_socket.close(-1)
	elif _asked_ms == 0 and now_ms - _heard_ms > SILENCE_MS_MAX:
		_asked_ms = now_ms
		if connected:
			_socket.send(PackedByteArray([Code.PING]))


func _end() -> void:
	var code := _socket.get_close_code()
	if code == -1:
		code = CLOSED_ABNORMALLY
	if _is_joined:
		_is_joined = false
		left.emit(code, _socket.get_close_reason())
	else:
		error.emit(code, _refusal if _refusal != "" else _socket.get_close_reason())
	_let_go()


## Nothing more comes of it. A callable that holds this room would keep it for ever.
func _let_go() -> void:
	for each: Signal in [joined, state_changed, message_received, error, left]:
		for connection: Dictionary in each.get_connections():
			each.disconnect(connection["callable"])


func _read(frame: PackedByteArray) -> void:
	if frame.is_empty():
		return
	match frame[0]:
		Code.JOIN_ROOM:
			_read_join(frame)
		Code.ROOM_STATE, Code.PATCH:
			if _decoder != null and _decoder.decode(frame, 1):
				state_changed.emit()
			else:
				# A state that cannot be read is worse than none.
				_socket.close(CONSENTED, "unreadable state")
		Code.ROOM_DATA:
			var from := WireByteReader.new(frame, 1)
			var type: String = from.text() if from.is_text_next() else "i%d" % from.number()
			message_received.emit(type, null if from.is_at_end() else WireMsgpack.decode(frame, from.at))
		Code.ERROR:
			var from := WireByteReader.new(frame, 1)
			var code: int = from.number()
			_refusal = from.text()
			if _is_joined:
				error.emit(code, _refusal)
		Code.LEAVE_ROOM:
			_socket.close(CONSENTED)


func _read_join(frame: PackedByteArray) -> void:
	var from := WireByteReader.new(frame, 1)
	_token = from.text_of(from.uint8())
	from.text_of(from.uint8())
	var length: int = from.number()
	_decoder = WireSchemaDecoder.from_reflection(frame.slice(from.at, from.at + length))
	_is_joined = true
	joined.emit()
	# Only now does the server send what it has kept for us: whoever heard `joined` misses nothing.
	_socket.send(PackedByteArray([Code.JOIN_ROOM]))
