"""A network on a thread of its own: what the window gets to know of it, without a window."""

from chat.gui.background import Background, Broken


def test_a_bug_on_the_thread_is_news():
    """The window is to break too, rather than to look as if all were well."""
    background = Background()
    background.older(None, 1)  # there is nothing before nothing
    background.close()

    [broken] = background.news(9)

    assert isinstance(broken, Broken)
    assert isinstance(broken.error, TypeError)


def test_no_more_news_come_at_once_than_were_asked_for():
    """In a flood the user gets a turn too, and the rest is not lost."""
    background = Background()
    for line in "abc":
        background.say(line)  # nobody is there to hear it, and that is news
    background.close()

    looks = [background.news(2) for _ in range(3)]

    assert [[news.line for news in look] for look in looks] == [["a", "b"], ["c"], []]
