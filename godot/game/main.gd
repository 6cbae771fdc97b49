extends Node
## A game in one scene: sign in, and fly. After `--` on the command line, `--server=ws://…` says where, `--token=…` as whom, and
## `--run=…` is the token of an expedition to begin with, one that was created on the web page for example.

const SERVER := "ws://localhost:2567"
## Who you are on which server, and what you have heard of it.
const PILOTS := "user://pilots.cfg"

var _pilots := ConfigFile.new()
## Whether the pilot who is in is this game's own guest. A token that was given is kept nowhere: it is the player's to keep.
var _is_own_guest := false
## The token of a run that is to be played once the pilot is in; of which user, when it is not this game's own.
var _run_token := ""
var _user_token := ""

@onready var _client: Sectorkeep = $Sectorkeep
@onready var _sign_in: SignIn = $Screen/SignIn
@onready var _hud: Hud = $Screen/Hud
@onready var _expedition: ExpeditionView = $Screen/Expedition
@onready var _reaction: ReactionView = $Screen/Reaction
@onready var _view: SectorView = $SectorView


func _ready() -> void:
	_pilots.load(PILOTS)
	_sign_in.submitted.connect(_fly)
	_client.dismissed.connect(_on_dismissed)
	_hud.expedition_wanted.connect(_expedition.open)
	_hud.reaction_wanted.connect(
		func() -> void: _reaction.open(_client.sector.incidentId, _client.sector.incidentType)
	)
	for view: Control in [_expedition, _reaction]:
		# What is played in front has the keys.
		view.visibility_changed.connect(
			func() -> void: _hud.set_process_unhandled_key_input(not (_expedition.visible or _reaction.visible))
		)
	var said := _arguments()
	_run_token = said.get("run", "")
	_user_token = said.get("token", "")
	_show_sign_in(said.get("server", SERVER))


## What was said on the command line, by name.
func _arguments() -> Dictionary:
	var said := {}
	for argument in OS.get_cmdline_user_args():
		var parts := argument.trim_prefix("--").split("=", true, 1)
		said[parts[0]] = parts[1] if parts.size() > 1 else ""
	return said


func _exit_tree() -> void:
	_remember()


func _show_sign_in(server: String) -> void:
	_sign_in.prepare(server, _pilots.has_section(server), _user_token)
	_sign_in.show()
	for each: CanvasItem in [_hud, _view, _expedition, _reaction]:
		each.hide()


## [param user_token] of an account that the player has already; the one that is kept for this server when empty
func _fly(server: String, pilot_name: String, user_token := "") -> void:
	_is_own_guest = false
	_client.server = server
	_client.token = _pilots.get_value(server, "token", "")
	_client.cursor = _pilots.get_value(server, "cursor", -1)
	if user_token != "" and user_token != _client.token:
		_client.token = user_token
		_client.cursor = -1
	var reply: SectorkeepReply
	if _client.token == "":
		reply = await _client.sign_in_as_guest(pilot_name)
		if not reply.ok:
			_sign_in.tell(reply.message)
			return
	reply = await _client.enter()
	if user_token == "" and reply.code in [SectorkeepCodes.TOKEN_INVALID, SectorkeepCodes.TOKEN_EXPIRED]:
		# A server that has forgotten its guests: be a new one.
		_pilots.erase_section(server)
		_fly(server, pilot_name)
		return
	if not reply.ok:
		_sign_in.tell(reply.message)
		return
	_is_own_guest = user_token == ""
	_remember()
	_sign_in.hide()
	_hud.show()
	_view.show()
	if _run_token != "":
		_expedition.play_token(_run_token)
		_run_token = ""


func _on_dismissed(close_code: int) -> void:
	_remember()
	_show_sign_in(_client.server)
	match close_code:
		Sectorkeep.Close.SUPERSEDED:
			_sign_in.tell("Another client has taken control of your ship.")
		Sectorkeep.Close.KICKED:
			_sign_in.tell("An operator has ended your session.")
		_:
			_sign_in.tell(_client.dismissal.message)


func _remember() -> void:
	if not _is_own_guest:
		return
	_pilots.set_value(_client.server, "token", _client.token)
	_pilots.set_value(_client.server, "cursor", _client.cursor)
	_pilots.save(PILOTS)
