"""For the demo of tier 2: is it the chat that is broken?"""

from tests.staging import Chat


async def test_who_stays_hears_that_somebody_left():
    """Nobody talks on to somebody who has gone."""
    async with Chat() as chat:
        ada, bob = await chat.room_of("ada", "bob")

        bob.leaves()

        assert ada.heard == ["bob left"]
