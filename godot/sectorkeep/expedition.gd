class_name SectorkeepExpedition
extends RefCounted
## A run of a mission: played in a scene of your own beside the rooms, checked and paid for by the server.
## [codeblock]
## var expedition := SectorkeepExpedition.new(client)
## var reply := await expedition.create("belt_survey", client.sector.sectorId, "mission_board")
## reply = await expedition.start()
## for objective in expedition.objectives:
## 	# … the player does it …
## 	expedition.achieve(objective)
## reply = await expedition.complete(900, 12)
## print(reply.fields["rewards"])
## [/codeblock]
## A run that was created elsewhere, on the web page for one, is taken over by its token: [method of_token].
## Any of them may be called again when its reply's code is `offline`: nothing is done twice.

## The run as the server told it last: `runId`, `seed` (for whatever your scene makes up), `status` …
var run := {}
## What is to be done, in this order; there from [method start] on.
var objectives: Array[String] = []
## When it began, by [method Time.get_ticks_msec].
var started_ms := 0

var _client: Sectorkeep
var _token := ""
## What proves that an objective was told by the server.
var _nonces := {}
var _achieved: Array[Dictionary] = []
var _metrics := {}
var _key := Crypto.new().generate_random_bytes(16).hex_encode()


func _init(client: Sectorkeep) -> void:
	_client = client


## The run of a token that somebody else's program was given for the same user. Null when it is no token at all; whether it is a
## good one is what [method start] finds out.
static func of_token(client: Sectorkeep, token: String) -> SectorkeepExpedition:
	var parts := token.strip_edges().split(".")
	if parts.size() != 3:
		return null
	var text := parts[1].replace("-", "+").replace("_", "/")
	var said: Variant = JSON.parse_string(Marshalls.base64_to_utf8(text + "=".repeat(-text.length() & 3)))
	if not said is Dictionary or not said.has("run_id"):
		return null
	var expedition := SectorkeepExpedition.new(client)
	expedition._token = token.strip_edges()
	expedition.run = {
		"runId": said["run_id"],
		"missionId": said.get("mission_id", ""),
		"sectorId": said.get("sector_id", 0),
		"seed": said.get("seed", 0),
	}
	return expedition


## [param mission_id] one of those that `GET /missions` lists
## [param entry_point] from where in your game the player sets out, for your own figures
## [param loadout] `{drill, scanner}`; the standard one when left out
func create(mission_id: String, sector_id: int, entry_point: String, loadout := {}) -> SectorkeepReply:
	var body := {
		"missionId": mission_id, "surface": _client.app_surface, "sectorId": sector_id, "entryPoint": entry_point
	}
	if not loadout.is_empty():
		body["loadout"] = loadout
	var reply := await _client.http(HTTPClient.METHOD_POST, "/runs", body, ["Idempotency-Key: " + _key])
	if reply.ok:
		_token = reply.fields["token"]
		run = reply.fields["run"]
	return reply


## Its time runs from here.
func start() -> SectorkeepReply:
	var reply := await _post("start", {"token": _token, "surface": _client.app_surface})
	if reply.ok:
		started_ms = Time.get_ticks_msec()
		objectives.clear()
		for told: Dictionary in reply.fields["objectives"]:
			objectives.append(told["objective"])
			_nonces[told["objective"]] = told["nonce"]
	return reply


## How long it has been played.
func elapsed_sec() -> float:
	return (Time.get_ticks_msec() - started_ms) / 1000.0


## The player has reached an objective.
func achieve(objective: String) -> void:
	_achieved.append({"objective": objective, "nonce": _nonces[objective], "atSec": elapsed_sec()})


## Ends the run. The reply's `fields` have the `rewards`, the `anomaly` if one was found, and the run with its story.
func complete(objective_score: int, ore_units: int) -> SectorkeepReply:
	if _metrics.is_empty():
		_metrics = {
			"sectorId": int(run["sectorId"]),
			"seed": int(run["seed"]),
			"durationSec": elapsed_sec(),
			"objectiveScore": objective_score,
			"oreUnits": ore_units,
			"objectives": _achieved,
		}
	return await _post("complete", {"token": _token, "surface": _client.app_surface, "metrics": _metrics})


## Gives it up.
func cancel() -> SectorkeepReply:
	return await _post("cancel", {})


func _post(what: String, body: Dictionary) -> SectorkeepReply:
	var path := "/runs/%s/%s" % [run.get("runId", ""), what]
	var reply := await _client.http(HTTPClient.METHOD_POST, path, body)
	if reply.ok:
		run = reply.fields["run"]
	return reply
