class_name SectorkeepLine
extends RefCounted
## The one place where it matters what carries the bytes: the official Colyseus extension where it is installed, else the
## client in `wire/`. Rooms of both have the same signals (joined, state_changed, message_received, error, left) and methods.

const EXTENSION := "res://addons/colyseus/colyseus.gd"
const WIRE := "res://wire/wire_client.gd"


static func has_extension() -> bool:
	return ClassDB.class_exists(&"_ColyseusClient") and ResourceLoader.exists(EXTENSION)


## A client for the server at this address.
static func create(server: String, token: String, prefer_extension := true) -> RefCounted:
	var script: GDScript = load(EXTENSION if prefer_extension and has_extension() else WIRE)
	var client: RefCounted = script.Client.new(server) if script.resource_path == EXTENSION else script.new(server)
	client.auth.set_token(token)
	return client


## What a join has to say in `sdk`: an extension before 0.18 reads an older first frame.
static func sdk_version(prefer_extension := true) -> String:
	if not (prefer_extension and has_extension()):
		return "0.18"
	var extension: GDScript = load(EXTENSION)
	# Neither tells its version at run time; inputs came with 0.18.
	return "0.18" if extension.get_script_constant_map().has("InputHandle") else "0.17"


## Rooms of the extension reconnect by themselves, once; the second time they wait for ever. [Sectorkeep] does it instead.
static func prepare(room: RefCounted) -> void:
	room.set_reconnection_options({"enabled": false})


## Hears one room instead of another; either may be null.
## @param handlers by the signals' names. None may hold a room: rooms would keep themselves for ever.
static func hear(before: RefCounted, now: RefCounted, handlers: Dictionary[StringName, Callable]) -> void:
	for heard in handlers:
		if before != null and before.is_connected(heard, handlers[heard]):
			before.disconnect(heard, handlers[heard])
		if now != null:
			now.connect(heard, handlers[heard])


## The token to take the seat again with; empty where the extension does not tell it (0.18.0).
static func reconnection_token(room: RefCounted) -> String:
	return room.get_reconnection_token() if room.has_method(&"get_reconnection_token") else ""
