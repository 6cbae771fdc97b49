extends Node
## A game in one scene: sign in, and fly. `--server=ws://…` after `--` on the command line says where.

const SERVER := "ws://localhost:2567"
## Who you are on which server, and what you have heard of it.
const PILOTS := "user://pilots.cfg"

var _pilots := ConfigFile.new()

@onready var _client: Sectorkeep = $Sectorkeep
@onready var _sign_in: SignIn = $Screen/SignIn
@onready var _hud: Hud = $Screen/Hud
@onready var _view: SectorView = $SectorView


func _ready() -> void:
	_pilots.load(PILOTS)
	_sign_in.submitted.connect(_fly)
	_client.dismissed.connect(_on_dismissed)
	var server := SERVER
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--server="):
			server = argument.trim_prefix("--server=")
	_show_sign_in(server)


func _exit_tree() -> void:
	_remember()


func _show_sign_in(server: String) -> void:
	_sign_in.prepare(server, _pilots.has_section(server))
	_sign_in.show()
	_hud.hide()
	_view.hide()


func _fly(server: String, pilot_name: String) -> void:
	_client.server = server
	_client.token = _pilots.get_value(server, "token", "")
	_client.cursor = _pilots.get_value(server, "cursor", -1)
	var reply: SectorkeepReply
	if _client.token == "":
		reply = await _client.sign_in_as_guest(pilot_name)
		if not reply.ok:
			_sign_in.tell(reply.message)
			return
	reply = await _client.enter()
	if reply.code in [SectorkeepCodes.TOKEN_INVALID, SectorkeepCodes.TOKEN_EXPIRED]:
		# A server that has forgotten its guests: be a new one.
		_pilots.erase_section(server)
		_fly(server, pilot_name)
		return
	if not reply.ok:
		_sign_in.tell(reply.message)
		return
	_remember()
	_sign_in.hide()
	_hud.show()
	_view.show()


func _on_dismissed(close_code: int) -> void:
	_remember()
	_show_sign_in(_client.server)
	match close_code:
		Sectorkeep.Close.SUPERSEDED:
			_sign_in.tell("Another client has taken control of your ship.")
		Sectorkeep.Close.KICKED:
			_sign_in.tell("An operator has ended your session.")
		_:
			_sign_in.tell("The server cannot be reached any more.")


func _remember() -> void:
	if _client.token == "":
		return
	_pilots.set_value(_client.server, "token", _client.token)
	_pilots.set_value(_client.server, "cursor", _client.cursor)
	_pilots.save(PILOTS)
