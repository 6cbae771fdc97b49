class_name WireMsgpack
extends RefCounted
## MessagePack, as much of it as rooms and their clients send: null, booleans, numbers, texts, lists and maps. Big-endian.

static func encode(value: Variant) -> PackedByteArray:
	var out := StreamPeerBuffer.new()
	out.big_endian = true
	_write(out, value)
	return out.data_array


## The value that starts at `offset` and fills the rest of the bytes.
static func decode(bytes: PackedByteArray, offset := 0) -> Variant:
	var from := StreamPeerBuffer.new()
	from.big_endian = true
	from.data_array = bytes
	from.seek(offset)
	return _read(from)


static func _write(out: StreamPeerBuffer, value: Variant) -> void:
	match typeof(value):
		TYPE_NIL:
			out.put_u8(0xc0)
		TYPE_BOOL:
			out.put_u8(0xc3 if value else 0xc2)
		TYPE_INT:
			_write_int(out, value)
		TYPE_FLOAT:
			out.put_u8(0xcb)
			out.put_double(value)
		TYPE_STRING, TYPE_STRING_NAME:
			var utf8 := String(value).to_utf8_buffer()
			_write_head(out, utf8.size(), 0xa0, 32, 0xd9)
			out.put_data(utf8)
		TYPE_ARRAY:
			_write_head(out, value.size(), 0x90, 16, 0xdb)
			for item: Variant in value:
				_write(out, item)
		TYPE_DICTIONARY:
			_write_head(out, value.size(), 0x80, 16, 0xdd)
			for key: Variant in value:
				_write(out, String(key))
				_write(out, value[key])
		_:
			push_error("MessagePack has no %s" % type_string(typeof(value)))
			out.put_u8(0xc0)


static func _write_int(out: StreamPeerBuffer, value: int) -> void:
	if value >= -32 and value < 128:
		out.put_8(value)
	elif value >= 0 and value <= 0xff:
		out.put_u8(0xcc)
		out.put_u8(value)
	elif value >= 0 and value <= 0xffff:
		out.put_u8(0xcd)
		out.put_u16(value)
	elif value >= 0 and value <= 0xffffffff:
		out.put_u8(0xce)
		out.put_u32(value)
	elif value >= -0x80000000 and value < 0:
		out.put_u8(0xd2)
		out.put_32(value)
	else:
		# Past 32 bits a JavaScript server would make a BigInt of an integer; a double holds it as exactly as it can.
		out.put_u8(0xcb)
		out.put_double(value)


## How many there are: in the type's own byte, or in the 8 (texts alone), 16 or 32 bits after it.
static func _write_head(out: StreamPeerBuffer, count: int, fix: int, fix_max: int, wide: int) -> void:
	if count < fix_max:
		out.put_u8(fix | count)
	elif count < 0x100 and fix == 0xa0:
		out.put_u8(wide)
		out.put_u8(count)
	elif count < 0x10000:
		out.put_u8(wide + 1)
		out.put_u16(count)
	else:
		out.put_u8(wide + 2)
		out.put_u32(count)


static func _read(from: StreamPeerBuffer) -> Variant:
	var first := from.get_u8()
	if first < 0x80:
		return first
	if first < 0x90:
		return _read_map(from, first & 0x0f)
	if first < 0xa0:
		return _read_list(from, first & 0x0f)
	if first < 0xc0:
		return from.get_utf8_string(first & 0x1f) if first > 0xa0 else ""
	if first >= 0xe0:
		return first - 0x100
	match first:
		0xc2, 0xc3:
			return first == 0xc3
		0xca:
			return from.get_float()
		0xcb:
			return _whole(from.get_double())
		0xcc:
			return from.get_u8()
		0xcd:
			return from.get_u16()
		0xce:
			return from.get_u32()
		0xcf, 0xd3:
			return from.get_64()
		0xd0:
			return from.get_8()
		0xd1:
			return from.get_16()
		0xd2:
			return from.get_32()
		0xd4:
			# What JavaScript calls undefined.
			from.get_16()
			return null
		0xd9:
			return _read_text(from, from.get_u8())
		0xda:
			return _read_text(from, from.get_u16())
		0xdb:
			return _read_text(from, from.get_u32())
		0xdc:
			return _read_list(from, from.get_u16())
		0xdd:
			return _read_list(from, from.get_u32())
		0xde:
			return _read_map(from, from.get_u16())
		0xdf:
			return _read_map(from, from.get_u32())
		_:
			return null


## JavaScript sends whole numbers past 32 bits (times in ms, for one) as doubles.
static func _whole(number: float) -> Variant:
	return int(number) if absf(number) < 9.1e15 and number == floorf(number) else number


static func _read_text(from: StreamPeerBuffer, length: int) -> String:
	return from.get_utf8_string(length) if length > 0 else ""


static func _read_list(from: StreamPeerBuffer, count: int) -> Array:
	var list := []
	for _item in count:
		list.append(_read(from))
	return list


static func _read_map(from: StreamPeerBuffer, count: int) -> Dictionary:
	var map := {}
	for _item in count:
		var key: Variant = _read(from)
		map[key] = _read(from)
	return map
