"""For the demo of tier 1: how many of these spellings are one name?"""


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
    """Whoever looks the same to a reader is the same."""
    for name, spelling in SPELLINGS:
        assert is_one_name(name, spelling)
