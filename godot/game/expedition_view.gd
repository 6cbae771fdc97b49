class_name ExpeditionView
extends Control
## An expedition as a small game: drill each objective in its order, and let the drill cool before it is too hot.

signal closed

const HEAT_PER_SECOND := 0.3
const COOLING_PER_SECOND := 0.55
## What each time that the drill was too hot costs of the score, and each second past the time that is plenty.
const SCORE_PER_SLIP := 0.1
const SCORE_PER_LATE_SECOND := 0.01
## So many times the shortest duration is plenty.
const PLENTY := 1.8
## Whoever has earned something at all is paid something.
const SCORE_LEAST := 0.1

@export var client: Sectorkeep

var _expedition: SectorkeepExpedition
var _mission: SectorkeepAnswers.Mission
var _missions: Array[SectorkeepAnswers.Mission] = []
var _at := 0
var _slips := 0
var _is_drilling := false
var _is_playing := false

@onready var _title: Label = %Title
@onready var _briefing: Label = %Briefing
@onready var _choosing: Control = %Choosing
@onready var _choice: OptionButton = %Mission
@onready var _token: LineEdit = %Token
@onready var _set_out: Button = %SetOut
@onready var _playing: Control = %Playing
@onready var _objectives: RichTextLabel = %Objectives
@onready var _gauge: DrillGauge = %Gauge
@onready var _clock: Label = %Clock
@onready var _drill: Button = %Drill
@onready var _result: RichTextLabel = %Result
@onready var _message: Label = %Message
@onready var _close: Button = %Close


func _ready() -> void:
	_choice.item_selected.connect(func(_index: int) -> void: _show_mission())
	_set_out.pressed.connect(_begin)
	_token.text_submitted.connect(func(_text: String) -> void: _begin())
	_drill.button_down.connect(func() -> void: _is_drilling = true)
	_drill.button_up.connect(func() -> void: _is_drilling = false)
	_close.pressed.connect(close)


## Lets the player choose a mission for this sector, or say the token of a run that was created elsewhere.
func open() -> void:
	_expedition = null
	_show_part(_choosing)
	_title.text = "Expedition"
	_briefing.text = "Looking for missions …"
	_briefing.show()
	_token.text = ""
	_tell("")
	show()
	var reply := await client.missions(client.sector.sectorId)
	if not reply.ok:
		_tell(reply.message)
		return
	_missions = reply.missions.filter(
		func(mission: SectorkeepAnswers.Mission) -> bool:
			return "godot" in mission.surfaceKinds and mission.available == true
	)
	_choice.clear()
	for mission in _missions:
		_choice.add_item(mission.title)
	_show_mission()
	_set_out.grab_focus()


## Plays the run of a token at once.
func play_token(token: String) -> void:
	await open()
	_token.text = token
	await _begin()


## A run that has not ended is given up.
func close() -> void:
	if _is_playing:
		_is_playing = false
		await _expedition.cancel()
	hide()
	closed.emit()


func _show_mission() -> void:
	if _missions.is_empty():
		_briefing.text = "No mission can be flown here now."
		return
	var mission := _missions[maxi(0, _choice.selected)]
	_briefing.text = "%s\n%d s at least · up to %d ore, %d stardust" % [
		mission.briefing, mission.durationSecMin, mission.oreMax, mission.stardustMax
	]


func _begin() -> void:
	_set_out.disabled = true
	_tell("Setting out …")
	var reply := await _create()
	if reply.ok:
		reply = await _expedition.start()
	_set_out.disabled = false
	_tell("" if reply.ok else reply.message)
	if not reply.ok:
		return
	_at = 0
	_slips = 0
	_is_drilling = false
	_gauge.work = 0
	_gauge.heat = 0
	_gauge.is_too_hot = false
	_title.text = "%s · sector %d" % [_mission.title, _expedition.run["sectorId"]]
	_briefing.text = _mission.briefing
	_show_part(_playing)
	_drill.grab_focus()
	_is_playing = true
	_show_objectives()


func _create() -> SectorkeepReply:
	var known: Dictionary[String, SectorkeepAnswers.Mission] = {}
	for mission: SectorkeepAnswers.Mission in (await client.missions()).missions:
		known[mission.missionId] = mission
	if _token.text.strip_edges() != "":
		_expedition = SectorkeepExpedition.of_token(client, _token.text)
		_mission = null if _expedition == null else known.get(_expedition.run["missionId"])
		if _mission == null:
			return SectorkeepReply.new(false, {"code": "", "message": "That is not the token of a run."})
		return SectorkeepReply.new(true, {})
	if _missions.is_empty():
		return SectorkeepReply.new(false, {"code": "", "message": "No mission can be flown here now."})
	_mission = _missions[maxi(0, _choice.selected)]
	_expedition = SectorkeepExpedition.new(client)
	return await _expedition.create(_mission.missionId, client.sector.sectorId, "godot/expedition")


func _process(delta: float) -> void:
	if not _is_playing:
		return
	var elapsed_sec := _expedition.elapsed_sec()
	_clock.text = "%d s · %d %% of the score" % [floori(elapsed_sec), roundi(_score_share() * 100)]
	_heat_up(delta)
	if _at < _expedition.objectives.size() and _is_drilling and not _gauge.is_too_hot:
		# All of them together take as long as the mission takes at least.
		_gauge.work += delta * _expedition.objectives.size() / maxf(1, _mission.durationSecMin)
		if _gauge.work >= 1:
			_achieve()
	if _at >= _expedition.objectives.size() and elapsed_sec > _mission.durationSecMin:
		_finish()


func _heat_up(delta: float) -> void:
	var is_heating := _is_drilling and not _gauge.is_too_hot
	_gauge.heat = clampf(_gauge.heat + delta * (HEAT_PER_SECOND if is_heating else -COOLING_PER_SECOND), 0, 1)
	if _gauge.heat >= 1:
		_gauge.is_too_hot = true
		_slips += 1
	elif _gauge.heat <= 0:
		_gauge.is_too_hot = false


func _achieve() -> void:
	_expedition.achieve(_expedition.objectives[_at])
	_at += 1
	_gauge.work = 0
	_show_objectives()


func _score_share() -> float:
	var late_sec := maxf(0, _expedition.elapsed_sec() - PLENTY * _mission.durationSecMin)
	return maxf(SCORE_LEAST, 1 - SCORE_PER_SLIP * _slips - SCORE_PER_LATE_SECOND * late_sec)


func _finish() -> void:
	_is_playing = false
	var share := _score_share()
	_tell("Coming home …")
	var reply := await _expedition.complete(
		roundi(share * _mission.objectiveScoreMax), roundi(share * _mission.oreMax)
	)
	_tell("")
	_title.text = "%s · %s" % [_mission.title, _expedition.run.get("status", "over")]
	_briefing.hide()
	_result.text = _told(reply) if reply.ok else reply.message
	_show_part(_result)
	_close.grab_focus()


func _told(reply: SectorkeepReply) -> String:
	var lines := PackedStringArray([str(_expedition.run["narrative"])])
	lines.append("Ore quality: %d, %s." % [_expedition.run["oreQuality"], _expedition.run["oreGrade"]])
	if reply.fields["anomaly"] != null:
		lines.append("A clue: %s." % _words(reply.fields["anomaly"]))
	for told: Dictionary in reply.fields["rewards"]:
		var reward := SectorkeepAnswers.Reward.new(told)
		var line := "+%d %s" % [reward.value, _words(reward.rewardType)]
		if reward.capReason != null:
			line += " (of %d: %s)" % [reward.requestedValue, _words(reward.capReason)]
		lines.append(line)
	return "\n".join(lines)


func _show_objectives() -> void:
	_objectives.clear()
	for index in _expedition.objectives.size():
		var mark := "✓" if index < _at else "▸" if index == _at else "·"
		_objectives.push_color(Palette.GREEN if index < _at else Palette.INK if index == _at else Palette.MUTED)
		_objectives.add_text("%s  %s\n" % [mark, _words(_expedition.objectives[index])])
		_objectives.pop()


func _show_part(part: Control) -> void:
	for each: Control in [_choosing, _playing, _result]:
		each.visible = each == part
	_close.text = "Give up" if part == _playing else "Close"


func _tell(text: String) -> void:
	_message.text = text
	_message.visible = text != ""


func _words(name: String) -> String:
	return name.replace("_", " ")
