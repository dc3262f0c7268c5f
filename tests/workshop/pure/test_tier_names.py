"""Which tier a test is in, and which names would mislead `-k`."""

import pytest

from tests.tiers import misled_tiers, row_of, tier_of


@pytest.mark.parametrize(
    ("node_id", "tier"),
    [
        pytest.param("tests/unit/test_a.py::test_b", "unit", id="tests"),
        pytest.param("exercises/solutions/mocked/test_a.py", "mocked", id="solutions"),
        pytest.param("tests/integration/wire/test_a.py::TestA::test_b", "integration", id="below"),
        pytest.param("tests/test_unit.py::test_b[unit]", None, id="not-a-folder"),
        pytest.param("tests/units/test_a.py::test_b[x/unit/y]", None, id="no-such-folder"),
        pytest.param("tests/workshop/pure/test_a.py::test_b", None, id="workshop"),
    ],
)
def test_the_tier_of_a_test_is_its_folder(node_id, tier):
    """Nothing but the folder decides."""
    assert tier_of(node_id) == tier


@pytest.mark.parametrize(
    ("node_id", "row"),
    [
        pytest.param("tests/unit/test_a.py::test_b", "unit", id="tier"),
        pytest.param("tests/workshop/pure/test_a.py::test_b", "workshop", id="workshop"),
        pytest.param("docs/test_workshop.py::test_b", None, id="elsewhere"),
    ],
)
def test_the_tests_of_the_workshop_have_a_row_of_their_own(node_id, row):
    """They are counted, and they are in no tier."""
    assert row_of(node_id) == row


@pytest.mark.parametrize(
    ("node_id", "misled"),
    [
        pytest.param("tests/unit/test_a.py::test_b", [], id="clean"),
        pytest.param("tests/unit/test_unit.py::test_unit", [], id="own"),
        pytest.param("tests/mocked/test_community.py", ["unit"], id="module"),
        pytest.param("tests/mocked/test_a.py::TestUnit::test_b", ["unit"], id="class"),
        pytest.param("tests/unit/test_a.py::test_b[unmocked]", ["mocked"], id="parameter"),
        pytest.param("tests/helpers/integration.py", ["integration"], id="outside"),
    ],
)
def test_a_name_misleads_when_it_holds_the_word_of_another_tier(node_id, misled):
    """`-k` finds a word inside a word, whatever its case."""
    assert misled_tiers(node_id) == misled
