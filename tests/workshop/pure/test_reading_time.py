"""How long a chapter takes to read: reckoned, and held to what stands at its top."""

import re
import tomllib
from pathlib import Path

import pytest

from docs.reading import SAID, complaint_of, minutes_of

ROOT = Path(__file__).parents[3]
TEACH_IT = (ROOT / "docs" / "instructors" / "index.md").read_text("utf-8")
PLANS = [part for part in re.split(r"(?m)^##+ ", TEACH_IT) if "\n| from |" in part]
ROW = re.compile(r"(?m)^\| (\d+):(\d\d) \| (\d+) \| (.+) \|$")

WORDS = "word " * 1000  # five minutes


@pytest.mark.parametrize(
    ("page", "minutes"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("word", 1, id="a-minute-that-was-begun"),
        pytest.param(WORDS, 5, id="words"),
        pytest.param(f"---\n{WORDS}\n---\n", 0, id="not-what-is-for-the-search"),
        pytest.param("````{.py}\n" + 120 * "x = y = 1\n" + "````", 7, id="lines-of-code"),
        pytest.param("  ```\n" + 60 * "x\n\n" + "  ```", 4, id="but-for-blank-ones"),
        pytest.param(f"````{{.md}}\n```\n````\n{WORDS}", 6, id="a-fence-inside-a-fence"),
    ],
)
def test_words_and_lines_of_code_take_their_time(page, minutes):
    """Two hundred words a minute, three and a half seconds a line."""
    assert minutes_of(page) == minutes


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("Reading takes 6 minutes, the exercise 35. ", None),
        ("Reading takes 5 minutes, the exercise 35. ", "reading it takes 6 minutes, and it says 5"),
        ("Reading takes 25 minutes, the exercise 35. ", None),
        ("Reading takes 26 minutes, the exercise 35. ", "it takes 61 minutes in all, more than 60"),
        ("Reading takes a while. ", "it does not say how long it takes"),
    ],
)
def test_a_chapter_says_how_long_it_takes(head, complaint):
    """No less than it does, and with its exercise an hour at most."""
    assert complaint_of(head + WORDS) == complaint


@pytest.mark.parametrize("tier", ["unit", "mocked", "integration"], ids=[1, 2, 3])
def test_a_chapter_and_the_checker_tell_the_same_minutes_of_an_exercise(tier):
    """Five for each bug that must be caught, but for the one that the example catches."""
    chapter = (ROOT / "docs" / "tiers" / f"{tier}.md").read_text("utf-8")
    data = tomllib.loads((ROOT / "exercises" / tier / "exercise.toml").read_text("utf-8"))

    required = sum(bug.get("required", False) for bug in data["bugs"])
    assert int(SAID.search(chapter)[2]) == data["minutes"] == 5 * (required - 1)


@pytest.mark.parametrize("plan", PLANS, ids=range(1, 1 + len(PLANS)))
def test_the_minutes_of_a_plan_add_up(plan):
    """Each part begins where the one before ends, and the last row has the sum."""
    *rows, last = [
        (60 * int(hour) + int(minute), int(minutes))
        for hour, minute, minutes, _ in ROW.findall(plan)
    ]

    ends = [begin + minutes for begin, minutes in rows]
    assert ends == [begin for begin, _ in [*rows[1:], last]]
    assert sum(minutes for _, minutes in rows) == last[1]
