"""Wrong: one test for all cases stops at the first that fails, and does not tell how many do."""


def is_one_name(name, spelling):
    """Tell whether two spellings are one name. A colleague wrote it, and tried it with ada."""
    return name.lower() == spelling.lower()


SPELLINGS = [
    ("ada", "ADA"),
    ("straße", "STRASSE"),
    ("ﬁnn", "FINN"),
    ("eve", "Eve"),
]


def test_names():
    """It fails, and does not say for which promise, nor what became of the other cases."""
    for name, spelling in SPELLINGS:
        assert is_one_name(name, spelling)
