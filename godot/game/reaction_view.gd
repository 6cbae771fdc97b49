class_name ReactionView
extends Control
## The reaction to an incident as a small game: answer each cue in its lane when it is on the line.

signal closed

const KEYS: Array[Key] = [KEY_1, KEY_2, KEY_3, KEY_4]

@export var client: Sectorkeep

var _reaction: SectorkeepReaction
var _is_playing := false

@onready var _title: Label = %Title
@onready var _lanes: ReactionLanes = %Lanes
@onready var _buttons: Array[Button] = [%Lane1, %Lane2, %Lane3, %Lane4]
@onready var _message: Label = %Message
@onready var _close: Button = %Close


func _ready() -> void:
	for lane in _buttons.size():
		_buttons[lane].button_down.connect(_press.bind(lane))
	_close.pressed.connect(close)


## Begins at once: from here on the server's clock runs.
func open(incident_id: String, incident_type: String) -> void:
	_title.text = "Reacting to a %s" % incident_type.replace("_", " ")
	_message.text = "Get ready …"
	_close.text = "Leave"
	_set_playing(false)
	_reaction = SectorkeepReaction.new(client, incident_id)
	_lanes.reaction = _reaction
	show()
	var reply := await _reaction.start()
	if reply.ok:
		_message.text = "Press 1 to 4, or click, when a cue is on the line."
		_set_playing(true)
	else:
		_message.text = reply.message


## Whoever leaves before the end has not answered.
func close() -> void:
	_set_playing(false)
	hide()
	closed.emit()


func _unhandled_key_input(event: InputEvent) -> void:
	var lane := KEYS.find((event as InputEventKey).keycode)
	if lane >= 0 and _is_playing and event.is_pressed() and not event.is_echo():
		_press(lane)
		accept_event()


func _press(lane: int) -> void:
	if _is_playing:
		_reaction.press(lane)


func _process(_delta: float) -> void:
	if _is_playing and _reaction.is_over():
		_submit()


func _submit() -> void:
	_set_playing(false)
	_message.text = "Reporting …"
	var reply := await _reaction.submit()
	_close.text = "Close"
	_close.grab_focus()
	if reply.ok:
		_message.text = "%d of 100 points. The incident is %s." % [reply.score, reply.status.replace("_", " ")]
	else:
		_message.text = reply.message


func _set_playing(playing: bool) -> void:
	_is_playing = playing
	for button in _buttons:
		button.disabled = not playing
