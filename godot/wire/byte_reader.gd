class_name WireByteReader
extends RefCounted
## Reads the numbers and texts of Colyseus' frames: little-endian, numbers of variable length as in MessagePack.

var bytes: PackedByteArray
var at := 0


func _init(from: PackedByteArray, offset := 0) -> void:
	bytes = from
	at = offset


func is_at_end() -> bool:
	return at >= bytes.size()


func uint8() -> int:
	at += 1
	return bytes[at - 1]


## A value of one of the schema's types.
func value(type: String) -> Variant:
	match type:
		"string":
			return text()
		"boolean":
			return uint8() > 0
		"number":
			return number()
	at += SIZES[type]
	var from: int = at - SIZES[type]
	match type:
		"uint8":
			return bytes.decode_u8(from)
		"uint16":
			return bytes.decode_u16(from)
		"uint32":
			return bytes.decode_u32(from)
		"int8":
			return bytes.decode_s8(from)
		"int16":
			return bytes.decode_s16(from)
		"int32":
			return bytes.decode_s32(from)
		"float32":
			return bytes.decode_float(from)
		_:
			return bytes.decode_double(from)


const SIZES := {
	"uint8": 1, "uint16": 2, "uint32": 4, "int8": 1, "int16": 2, "int32": 4, "float32": 4, "float64": 8
}
const NUMBERS := {
	0xca: "float32", 0xcb: "float64", 0xcc: "uint8", 0xcd: "uint16", 0xce: "uint32", 0xd0: "int8",
	0xd1: "int16", 0xd2: "int32"
}


## A number of as many bytes as it needs. Of 64 bits come whole numbers up to 2^53, as JavaScript has them.
func number() -> Variant:
	var first := uint8()
	if first < 0x80:
		return first
	if first >= 0xe0:
		return first - 0x100
	if first == 0xcf or first == 0xd3:
		at += 8
		return bytes.decode_s64(at - 8)
	return value(NUMBERS[first])


func is_text_next() -> bool:
	var first := bytes[at]
	return (first >= 0xa0 and first < 0xc0) or (first >= 0xd9 and first <= 0xdb)


func text() -> String:
	var first := uint8()
	match first:
		0xd9:
			return text_of(value("uint8"))
		0xda:
			return text_of(value("uint16"))
		0xdb:
			return text_of(value("uint32"))
		_:
			return text_of(first & 0x1f)


## A text of so many bytes.
func text_of(length: int) -> String:
	at += length
	return bytes.slice(at - length, at).get_string_from_utf8()
