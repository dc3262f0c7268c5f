"""One module a command; each has `run(call)`, which returns the exit status."""
