"""A package, so that `tests` means this folder and never one that a library left behind."""
