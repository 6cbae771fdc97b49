class_name SectorkeepReply
extends RefCounted
## The answer to a request: either it was accepted, and its own fields are in the class that extends this one, or it was
## refused, and nothing has happened.

## Whether it was accepted.
var ok := false
## Why it was refused: one of [SectorkeepCodes]; empty when it was accepted.
var code := ""
## The code's meaning, for people.
var message := ""
## What the refusal was about; depends on the code.
var detail := {}
## The request had been accepted before: this is the first answer again.
var repeated := false
## Everything that was answered, as it came.
var fields := {}


func _init(accepted := false, from := {}) -> void:
	ok = accepted
	fields = from
	if ok:
		repeated = from.get("repeated", false)
		_read(from)
	else:
		code = str(from.get("code", SectorkeepCodes.OFFLINE))
		# HTTP says it in `error`; beside it, the `message` of a refused join is for SDKs, JSON and not for people.
		message = str(from.get("error", from.get("message", "The server cannot be reached.")))
		detail = from["detail"] if from.get("detail") is Dictionary else {}


func _read(_from: Dictionary) -> void:
	pass
