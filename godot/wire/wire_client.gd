class_name WireClient
extends RefCounted
## A client for Colyseus rooms in GDScript alone: no native extension, so it runs wherever Godot does.
##
## It has the methods and signals of the official extension's `Colyseus.Client` that a game of this server needs, so that
## one can stand in for the other:
## [codeblock]
## var client := WireClient.new("ws://localhost:2567")
## client.auth.set_token(token)
## var room := client.join_or_create("sector", {"sectorId": 2, "protocol": 1})
## await room.joined
## [/codeblock]

const HTTP_SECONDS_MAX := 10.0


class Auth:
	extends RefCounted
	var _token := ""

	func set_token(token: String) -> void:
		_token = token

	func get_token() -> String:
		return _token


var auth := Auth.new()
var _http_url: String
var _ws_url: String


## [param endpoint] as in `ws://localhost:2567`, `https://play.example.org`
func _init(endpoint: String) -> void:
	var address := endpoint.trim_suffix("/")
	_http_url = address.replace("ws://", "http://").replace("wss://", "https://")
	_ws_url = address.replace("http://", "ws://").replace("https://", "wss://")


func get_endpoint() -> String:
	return _ws_url


func join_or_create(room_name: String, options := {}) -> WireRoom:
	return _join("joinOrCreate", room_name, options)


func join_by_id(room_id: String, options := {}) -> WireRoom:
	return _join("joinById", room_id, options)


## Takes the seat again that is kept for a client that dropped out.
## [param reconnection_token] what [method WireRoom.get_reconnection_token] said
func reconnect(reconnection_token: String) -> WireRoom:
	var parts := reconnection_token.split(":")
	return _join("reconnect", parts[0], {"reconnectionToken": parts[1] if parts.size() > 1 else ""})


## The room is there at once; its signal `joined` or `error` comes later.
func _join(method: String, name: String, options: Dictionary) -> WireRoom:
	var room := WireRoom.new()
	_take_seat(room, "/matchmake/%s/%s" % [method, name], options)
	return room


func _take_seat(room: WireRoom, path: String, options: Dictionary) -> void:
	# A function that waits does not keep its own object, and never goes on without it: whoever asked may have gone.
	room.asker = self
	var answer := await request(HTTPClient.METHOD_POST, _http_url + path, auth.get_token(), options)
	room.asker = null
	if answer.status != 200 or not answer.body is Dictionary:
		# As the SDKs do: the refusal as a text, for the game to parse.
		room.fail(answer.status, JSON.stringify(answer.body) if answer.body is Dictionary else "")
		return
	var seat: Dictionary = answer.body
	var host := _ws_url
	if seat.get("publicAddress", "") != "":
		host = _ws_url.get_slice("://", 0) + "://" + str(seat["publicAddress"])
	var url := "%s/%s/%s?sessionId=%s" % [host, seat["processId"], seat["roomId"], seat["sessionId"]]
	if options.has("reconnectionToken"):
		url += "&reconnectionToken=" + str(options["reconnectionToken"]).uri_encode()
	room.open(url, seat)


## Asks for something over HTTP, JSON in and out.
## @returns `{status, body}`, the status 0 when there was no answer, the body null when it was not JSON
static func request(
	method: HTTPClient.Method, url: String, token := "", body: Variant = null, more_headers := PackedStringArray()
) -> Dictionary:
	var tree: SceneTree = Engine.get_main_loop()
	var http := HTTPRequest.new()
	http.timeout = HTTP_SECONDS_MAX
	# A game that is paused is still in the galaxy.
	http.process_mode = Node.PROCESS_MODE_ALWAYS
	tree.root.add_child.call_deferred(http)
	await http.ready
	var headers := PackedStringArray(["Accept: application/json"]) + more_headers
	if body != null:
		headers.append("Content-Type: application/json")
	if token != "":
		headers.append("Authorization: Bearer " + token)
	var text := JSON.stringify(body) if body != null else ""
	if http.request(url, headers, method, text) != OK:
		http.queue_free()
		return {"status": 0, "body": null}
	var answer: Array = await http.request_completed
	http.queue_free()
	var bytes: PackedByteArray = answer[3]
	# This way round: `JSON.parse_string` reports what is empty, or a proxy's page, as an error of the game.
	var json := JSON.new()
	var is_json := json.parse(bytes.get_string_from_utf8()) == OK
	return {"status": answer[1], "body": json.data if is_json else null}
