extends "res://test/stage.gd"
## What the server's tests play of the one economy: expeditions, guild contracts, incidents.

## Seconds of play at once.
const STEP := 0.05


## An expedition of a minute, of which the test lets the server's clock run.
func expedition() -> void:
	var client := pilot()
	client.app_surface = "godot_mining"
	await client.enter()
	var going := SectorkeepExpedition.new(client)
	var reply := await going.create("belt_survey", 1, "mission_board")
	check(reply.ok, "created: %s" % reply.message)
	var first: String = going.run["runId"]
	check((await going.create("belt_survey", 1, "mission_board")).ok and going.run["runId"] == first, "asked twice")
	reply = await going.start()
	check(reply.ok and going.objectives.size() == 4, "started: %s" % reply.message)
	say("started")
	# The test writes an event when a minute has gone by.
	await client.unknown_message
	for objective in going.objectives:
		going.started_ms -= 15_000
		going.achieve(objective)
	reply = await going.complete(1000, 5)
	check(reply.ok and not reply.fields["duplicate"], "completed: %s" % reply.message)
	check(going.run["status"] == "completed", "its status: %s" % going.run["status"])
	var again := await going.complete(1000, 5)
	check(again.ok and again.fields["duplicate"], "completed twice")
	say("rewards", reply.fields["rewards"])


## This week's contracts, from joining one to a place on the leaderboard, and what the galaxy shows of it meanwhile.
func contracts() -> void:
	var galaxy := SectorkeepGalaxy.new()
	galaxy.server = options["server"]
	add_child(galaxy)
	check(await galaxy.watch(), "the galaxy is watched")
	check(galaxy.state.contracts.size() == 3, "it has this week's contracts")
	var client := pilot()
	client.app_surface = "godot_mining"
	await client.enter()
	var current := await client.current_contracts()
	check(current.ok and current.contracts.size() == 3, "three contracts: %s" % current.message)
	var contract := current.contracts[0]
	check(contract.own == null and contract.active, "nobody's yet")
	check(contract.tiers[0].tier == 1 and contract.tiers[0].threshold > 0, "with tiers")
	check(not (await client.join_contract(contract.contractId)).duplicate, "joined")
	check((await client.join_contract(contract.contractId)).duplicate, "once")
	var mining := await client.harvest()
	var harvest: SectorkeepMessages.MiningHarvestCompleted = await client.mining_harvest_completed
	check(mining.ok and harvest.harvestId == mining.harvestId, "mined: %s" % mining.code)
	var brought := await client.contribute(contract.contractId, "harvest", harvest.harvestId)
	check(brought.ok and not brought.duplicate and brought.contribution.points == 2, "brought: %s" % brought.message)
	check(brought.contribution.surface == "godot_mining", "through %s" % brought.contribution.surface)
	check((await client.contribute(contract.contractId, "harvest", harvest.harvestId)).duplicate, "once")
	var seen := await client.contract_subjects(contract.contractId)
	check(seen.subjects.size() == 10 and seen.subjects[0].readings.size() == 40, "subjects: %s" % seen.message)
	var opinion := await client.classify(contract.contractId, seen.subjects[0].subjectId, seen.answers[0])
	check(opinion.ok and opinion.answer == seen.answers[0], "classified: %s" % opinion.message)
	var nothing := await client.contribute(contract.contractId, "run", harvest.harvestId)
	check(nothing.code == SectorkeepCodes.SOURCE_NOT_FOUND, "nobody's run: %s" % nothing.code)
	var places := (await client.leaderboard("godot_mining")).places
	check(places.size() == 1 and places[0].points == 2 and places[0].rank == 1, "the only one there")
	check((await client.leaderboard("web")).places.is_empty(), "nobody from the web")
	var progress := await client.contract_progress(contract.contractId)
	check(progress.own != null and progress.own.points == 2 and progress.total == 2, "its progress")
	await until(func() -> bool: return galaxy.state.contracts[contract.theme].total == 2)
	say("contributed", brought.contribution.contributionId)


## What operators say to everybody is heard by who only watches the galaxy.
func notice() -> void:
	var galaxy := SectorkeepGalaxy.new()
	galaxy.server = options["server"]
	add_child(galaxy)
	var heard: Array[String] = []
	galaxy.server_notice.connect(
		func(event: SectorkeepMessages.ServerNotice) -> void: heard.append("%s: %s" % [event.kind, event.text])
	)
	check(await galaxy.watch(), "the galaxy is watched")
	say("watching")
	await until(func() -> bool: return heard.size() > 0)
	check(heard == ["broadcast: Restart at noon."], "heard: %s" % [heard])


## What befalls a sector is seen live, and judged.
func incident() -> void:
	var galaxy := SectorkeepGalaxy.new()
	galaxy.server = options["server"]
	add_child(galaxy)
	var opened: Array[int] = []
	galaxy.incident_opened.connect(
		func(sector: SectorkeepState.SectorSummary) -> void: opened.append(sector.sectorId)
	)
	check(await galaxy.watch(), "the galaxy is watched")
	var client := pilot()
	client.app_surface = "godot_mining"
	await client.enter()
	say("here")
	await until(func() -> bool: return client.sector.incidentId != "")
	await until(func() -> bool: return client.sector.sectorId in opened)
	var found := await client.incidents(client.sector.sectorId)
	check(found.incidents.size() == 1 and found.incidents[0].severity == null, "one, of unknown severity")
	check(found.incidents[0].readings.size() == 6, "with readings")
	var judged := await client.classify_incident(client.sector.incidentId, 1)
	check(judged.ok and judged.score in [10, 40, 100], "judged: %s" % judged.message)
	check((await client.classify_incident(client.sector.incidentId, 2)).duplicate, "once")
	var own := await client.incident(found.incidents[0].incidentId)
	check(own.responses.size() == 1 and own.responses[0].score == judged.score, "the answer is kept")
	say("score", judged.score)


## The reaction by the game's own buttons: all cues are hit, and what is pressed at no cue's time counts for nothing.
func reaction_game() -> void:
	var main := await flying_game()
	var view: ReactionView = main.get_node("Screen/Reaction")
	var react: Button = main.get_node("Screen/Hud/%React")
	check(react.disabled, "nothing to react to")
	say("here")
	await until(func() -> bool: return not react.disabled)
	react.pressed.emit()
	await until(func() -> bool: return view._is_playing)
	check(view._reaction.cues.size() == 10, "ten cues")
	# The server's clock runs on in the test.
	say("started")
	check(view._reaction.press(0) == -1, "nothing is due yet")
	for number in view._reaction.cues.size():
		var cue := view._reaction.cues[number]
		view._reaction.started_ms = Time.get_ticks_msec() - cue.atMs - 50
		view._buttons[cue.lane].button_down.emit()
		check(view._reaction.is_hit(number), "cue %d" % number)
		if number == 4:
			view._reaction.started_ms = Time.get_ticks_msec() - cue.atMs - 300
			await look("reaction")
	view._reaction.started_ms -= 1000
	await until(func() -> bool: return "points" in view._message.text)
	await until(func() -> bool: return main.get_node("Screen/Hud").log_text().contains("resolved success"))
	say("message", view._message.text)
	await look("reaction-over")
	view._close.pressed.emit()
	check(not view.visible, "closed")
	main.queue_free()


## An expedition by the game's own buttons, chosen there, or begun by a token that the test has given it.
func expedition_game() -> void:
	var main := await flying_game()
	var client: Sectorkeep = main.get_node("Sectorkeep")
	var view: ExpeditionView = main.get_node("Screen/Expedition")
	if not options.has("run"):
		var button: Button = main.get_node("Screen/Hud/%Expedition")
		await until(func() -> bool: return not button.disabled)
		button.pressed.emit()
		await until(func() -> bool: return view._choice.item_count > 0)
		await look("expedition-choice")
		view._set_out.pressed.emit()
	await until(func() -> bool: return view._is_playing or view._message.text.contains("."))
	check(view._is_playing, "it has begun: %s" % view._message.text)
	say("started", view._expedition.run["runId"])
	await _drill_through(view)
	await until(func() -> bool: return view._result.visible)
	check(view._expedition.run["status"] == "completed", view._result.get_parsed_text())
	say("result", view._result.get_parsed_text())
	await look("expedition-result")
	view._close.pressed.emit()
	check(not view.visible, "closed")
	await until(func() -> bool: return main.get_node("Screen/Hud").log_text().contains("Back from an expedition"))
	say("balance", (await client.inventory()).balances)
	main.queue_free()


## Drills until it is too hot once, and then as somebody does who has learnt from it.
func _drill_through(view: ExpeditionView) -> void:
	view._drill.button_down.emit()
	await get_tree().create_timer(1.5).timeout
	await look("expedition")
	# From here on in steps of its own: nobody wants to drill for a minute, nor a result that depends on the machine's speed.
	view.set_process(false)
	while view._is_playing:
		var is_cool := view._gauge.heat < 0.2 and not view._gauge.is_too_hot
		if is_cool and not view._is_drilling:
			view._drill.button_down.emit()
		elif view._slips > 0 and view._gauge.heat > 0.5 and view._is_drilling:
			view._drill.button_up.emit()
		view._expedition.started_ms -= floori(STEP * 1000)
		view._process(STEP)
	view.set_process(true)
