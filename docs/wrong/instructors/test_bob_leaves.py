"""Wrong: the test looks before anything can have happened."""

from tests.staging import Chat


async def test_who_stays_hears_that_somebody_left():
    """It fails, and nothing is broken: the server has not had its turn."""
    async with Chat() as chat:
        ada, bob = await chat.room_of("ada", "bob")

        bob.leaves()

        assert ada.heard == ["bob left"]
