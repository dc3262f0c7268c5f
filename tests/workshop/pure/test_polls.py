"""Which sleeps are polls: those in a loop that ends when what it asks for has come."""

import pytest

from exercises.checker import polls


@pytest.mark.parametrize(
    ("text", "is_poll"),
    [
        ("while not heard: nap()", True),
        ("while True:\n    if heard: break\n    nap()", True),
        ("def f():\n for _ in range(9):\n  if heard: return\n  nap()", True),
        ("n = 0\nwhile n < 9 and not heard:\n    n += 1\n    nap()", True),
        ("while said is None:\n    said = ask()\n    nap()", True),
        ("while len(heard) < 9:\n    n += 1\n    nap()", True),
        ("for _ in range(9): nap()", False),
        ("n = 0\nwhile n < 9:\n    n += 1\n    nap()", False),
        ("for _ in range(9):\n    def f(): return 1\n    nap()", False),
        ("while True: nap()", False),
        ("nap()", False),
        ("def", False),
    ],
    ids=[
        *["while", "break", "return", "bounded", "asks", "asks-and-counts"],
        *["for", "while-counts", "returns-elsewhere", "for-ever", "no-loop", "no-python"],
    ],
)
def test_a_sleep_is_a_poll_when_its_loop_has_a_way_out(tmp_path, text, is_poll):
    """A loop that only counts is a long sleep."""
    file = tmp_path / "module.py"
    file.write_text(text)

    assert (len(text.splitlines()) in polls.lines(str(file))) is is_poll
