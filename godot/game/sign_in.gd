class_name SignIn
extends Control
## Asks where to play and under which name.

signal submitted(server: String, pilot_name: String, user_token: String)

@onready var _server: LineEdit = %Server
@onready var _name: LineEdit = %PilotName
@onready var _token: LineEdit = %Token
@onready var _fly: Button = %Fly
@onready var _message: Label = %Message


func _ready() -> void:
	_fly.pressed.connect(_submit)
	_name.text_submitted.connect(func(_text: String) -> void: _submit())
	_fly.grab_focus()


## Fills in what is known.
func prepare(server: String, has_pilot: bool, user_token: String) -> void:
	_server.text = server
	_token.text = user_token
	_name.visible = not has_pilot


## Shows why it has not worked.
func tell(message: String) -> void:
	_message.text = message
	_fly.disabled = false


func _submit() -> void:
	_fly.disabled = true
	_message.text = "Connecting …"
	submitted.emit(_server.text.strip_edges(), _name.text.strip_edges(), _token.text.strip_edges())
