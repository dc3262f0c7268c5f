"""An exercise.toml with one of everything."""

WHOLE = """
title = "Commands"
about = "What a typed line means."
minutes = 35
stub = "test_commands.py"
solution = ["test_commands.py"]

[[steps]]
title = "Escapes"
prove = "Two slashes say one."

[[bugs]]
id = "both-slashes"
step = 1
required = true
symptom = "Two slashes are said."
breaks = { text = "without its first slash", file = "chat/commands.py" }
hints = ["a", "b"]
edits = [{ file = "commands.py", before = "line[1:]", after = "line" }]

[[refactorings]]
id = "wording"
summary = "Advice is worded otherwise."
lesson = "The wording is free."
frees = { text = "the wording is free", file = "chat/commands.py" }
slow = true
edits = [{ file = "commands.py", before = "Usage: ", after = "" }]
"""
