extends SceneTree
## Plays one scene of the scripts beside it against a server, without a window:
## [codeblock]
## godot --headless --path godot -s test/run.gd -- --scene=mine --server=ws://localhost:2567 --token=…
## [/codeblock]
## Exits with 0 when it went as it should. The server's tests run it.

const SCRIPTS: Array[String] = ["res://test/scenes.gd", "res://test/economy.gd", "res://test/lines.gd"]

var _options := {}


func _initialize() -> void:
	for argument in OS.get_cmdline_user_args():
		var parts := argument.trim_prefix("--").split("=", true, 1)
		_options[parts[0]] = parts[1] if parts.size() > 1 else ""
	# Not before the tree runs: nodes that are added now would not be ready.
	_play.call_deferred()


func _play() -> void:
	var scenes: Node
	for path in SCRIPTS:
		var script: GDScript = load(path)
		if script == null or not script.can_instantiate():
			quit(2)
			return
		var candidate: Node = script.new()
		if candidate.has_method(_options["scene"]):
			scenes = candidate
		else:
			candidate.free()
	scenes.options = _options
	root.add_child(scenes)
	await scenes.call(_options["scene"])
	print("DONE" if scenes.failures == 0 else "FAILED")
	quit(0 if scenes.failures == 0 else 1)
