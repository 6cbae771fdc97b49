class_name WireSchemaDecoder
extends RefCounted
## Keeps a room's state up to date from the bytes of ROOM_STATE and ROOM_STATE_PATCH.
##
## It knows what this server sends and every SDK can read: primitives, references, maps and lists of schemas. Everything
## that has an identity is a Dictionary (a schema by its fields' names, a map by its keys) or an Array, and stays the same
## object for as long as the server has it.

const SWITCH_TO_STRUCTURE := 255
const TYPE_ID := 213
const ADD := 128
const DELETE := 64
const CLEAR := 10

## The state; look, do not write.
var state: Dictionary

## By type id: a list of `{name, type, child}`, where `child` is the id of the type that is referred to, or -1.
var _types: Array[Array]
## What the bytes refer to, by its number.
var _refs := {}


class Ref:
	extends RefCounted
	var value: Variant
	## "schema", "map" or "array".
	var kind: String
	## The schema's own type, or that of a map's or list's items.
	var type: int
	## Of a map: by an item's index, its key and the number that it is referred to by.
	var items := {}

	func _init(of_kind: String, of_type: int) -> void:
		kind = of_kind
		type = of_type
		value = [] if of_kind == "array" else {}


## The types that Colyseus describes a state's types with.
const REFLECTION: Array[Array] = [
	[{"name": "types", "type": "array", "child": 1}, {"name": "rootType", "type": "number", "child": -1}],
	[
		{"name": "id", "type": "number", "child": -1},
		{"name": "extendsId", "type": "number", "child": -1},
		{"name": "fields", "type": "array", "child": 2},
	],
	[
		{"name": "name", "type": "string", "child": -1},
		{"name": "type", "type": "string", "child": -1},
		{"name": "referencedType", "type": "number", "child": -1},
		{"name": "childPrimitive", "type": "string", "child": -1},
	],
]


## A decoder for the state that JOIN_ROOM describes in its reflection.
static func from_reflection(bytes: PackedByteArray) -> WireSchemaDecoder:
	var reader := WireSchemaDecoder.new(REFLECTION, 0)
	reader.decode(bytes)
	var types: Array[Array] = []
	for type: Dictionary in reader.state["types"]:
		if type.get("extendsId") != null:
			push_error("A schema that extends another is not read here.")
		var fields: Array = type["fields"].map(
			func(field: Dictionary) -> Dictionary:
				return {"name": field["name"], "type": field["type"], "child": field.get("referencedType", -1)}
		)
		types.resize(maxi(types.size(), type["id"] + 1))
		types[type["id"]] = fields
	return WireSchemaDecoder.new(types, reader.state.get("rootType", 0))


func _init(types: Array[Array], root_type: int) -> void:
	_types = types
	var root := Ref.new("schema", root_type)
	_refs[0] = root
	state = root.value


## Takes over a whole state or a change of it.
## @returns whether all of it could be read
func decode(bytes: PackedByteArray, offset := 0) -> bool:
	var from := WireByteReader.new(bytes, offset)
	var ref: Ref = _refs[0]
	while not from.is_at_end():
		if bytes[from.at] == SWITCH_TO_STRUCTURE:
			from.at += 1
			var number: int = from.number()
			if not _refs.has(number):
				push_error("The state refers to %d, which it has not told of." % number)
				return false
			ref = _refs[number]
		elif not (_read_field(from, ref) if ref.kind == "schema" else _read_item(from, ref)):
			return false
	return true


func _read_field(from: WireByteReader, ref: Ref) -> bool:
	var first := from.uint8()
	var operation := first & 0xc0
	var index := first & 0x3f
	if index >= _types[ref.type].size():
		push_error("The state has a field %d that its types do not have." % index)
		return false
	var field: Dictionary = _types[ref.type][index]
	if operation == DELETE:
		ref.value.erase(field["name"])
	elif field["type"] in ["ref", "map", "array"]:
		var kind: String = "schema" if field["type"] == "ref" else field["type"]
		ref.value[field["name"]] = _read_reference(from, kind, field["child"], operation)
	else:
		ref.value[field["name"]] = from.value(field["type"])
	return true


## An item of a map or a list.
func _read_item(from: WireByteReader, ref: Ref) -> bool:
	var operation := from.uint8()
	if operation == CLEAR:
		ref.value.clear()
		ref.items.clear()
		return true
	if operation not in [0, ADD, DELETE, ADD | DELETE]:
		push_error("A list was moved about: that is not read here.")
		return false
	var index: int = from.number()
	if ref.kind == "map":
		_read_entry(from, ref, operation, index)
	elif operation == DELETE:
		ref.value.remove_at(index)
	else:
		if index >= ref.value.size():
			ref.value.resize(index + 1)
		ref.value[index] = _read_reference(from, "schema", ref.type, operation)
	return true


func _read_entry(from: WireByteReader, ref: Ref, operation: int, index: int) -> void:
	var item: Dictionary = ref.items.get_or_add(index, {})
	if operation & DELETE:
		# Its number may be given out again: to a newcomer, who must not be taken for the one who has gone.
		_refs.erase(item.get("number"))
		ref.value.erase(item.get("key"))
	if operation & ADD:
		item["key"] = from.text()
	if operation == DELETE:
		ref.items.erase(index)
		return
	item["number"] = WireByteReader.new(from.bytes, from.at).number()
	ref.value[item["key"]] = _read_reference(from, "schema", ref.type, operation)


func _read_reference(from: WireByteReader, kind: String, type: int, operation: int) -> Variant:
	var number: int = from.number()
	if kind == "schema" and operation & ADD and not from.is_at_end() and from.bytes[from.at] == TYPE_ID:
		from.at += 1
		type = from.number()
	var known: Ref = _refs.get(number)
	# A number whose owner has gone is given out again, to something of another kind perhaps.
	if known == null or known.kind != kind or known.type != type:
		known = Ref.new(kind, type)
		_refs[number] = known
	return known.value
