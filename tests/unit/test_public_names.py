"""What `import chat` offers, without a word of where it stands."""

import pytest

import chat


@pytest.mark.parametrize("name", chat.__all__)
def test_a_public_name_is_found_in_the_package(name):
    """Who uses the chat as a library need not know its modules."""
    assert getattr(chat, name).__name__ == name


def test_another_name_is_missing_as_from_any_module():
    """A slip of the pen is told in Python's own words."""
    with pytest.raises(AttributeError, match="module 'chat' has no attribute 'ChatSever'"):
        _ = chat.ChatSever
