class_name SectorkeepReaction
extends RefCounted
## The reaction to an incident: cues come in lanes, and each is to be answered in its lane at its time. The server draws them
## and counts the hits; this keeps the time and what was pressed.
## [codeblock]
## var reaction := SectorkeepReaction.new(client, client.sector.incidentId)
## var reply := await reaction.start()
## # … draw reaction.cues; when the player presses: reaction.press(lane)
## if reaction.is_over():
## 	print((await reaction.submit()).score)
## [/codeblock]

## Lanes are counted from 0.
const LANES := 4
## A press counts for a cue so much before and after it.
const HIT_MS := 400

## In the order of their time; there from [method start] on.
var cues: Array[SectorkeepAnswers.Cue] = []
## When it began, by [method Time.get_ticks_msec].
var started_ms := 0

var _client: Sectorkeep
var _incident_id: String
var _run_id := ""
## By the number of its cue.
var _presses: Dictionary[int, Dictionary] = {}


func _init(client: Sectorkeep, incident_id: String) -> void:
	_client = client
	_incident_id = incident_id


## Its time runs from here.
func start() -> SectorkeepAnswers.StartReactionReply:
	var reply := await _client.start_reaction(_incident_id)
	if reply.ok:
		cues = reply.cues
		_run_id = reply.runId
		started_ms = Time.get_ticks_msec()
	return reply


func elapsed_ms() -> int:
	return Time.get_ticks_msec() - started_ms


## The player presses in a lane.
## [br]Returns the number of the cue that this answers, the nearest that is due and has no answer yet; -1 when none is.
func press(lane: int) -> int:
	var now_ms := elapsed_ms()
	var nearest := -1
	for number in cues.size():
		var off_ms := absi(cues[number].atMs - now_ms)
		if off_ms > HIT_MS or _presses.has(number):
			continue
		if nearest < 0 or off_ms < absi(cues[nearest].atMs - now_ms):
			nearest = number
	if nearest >= 0:
		_presses[nearest] = {"cue": nearest, "lane": lane, "atMs": maxi(0, now_ms)}
	return nearest


## Whether a cue was answered in its lane.
func is_hit(number: int) -> bool:
	return _presses.has(number) and _presses[number]["lane"] == cues[number].lane


## Whether a cue was answered in another lane, or its time went by.
func is_missed(number: int) -> bool:
	return not is_hit(number) and (_presses.has(number) or elapsed_ms() > cues[number].atMs + HIT_MS)


## No cue can be answered any more.
func is_over() -> bool:
	return not cues.is_empty() and elapsed_ms() > cues[-1].atMs + HIT_MS


## Tells the server what was pressed. The reply has the score, and what has become of the incident.
func submit() -> SectorkeepAnswers.SubmitReactionReply:
	return await _client.submit_reaction(_incident_id, _run_id, _presses.values())
