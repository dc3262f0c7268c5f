"""Members as ours speak and listen, for servers that each file here starts in its own way."""

from tests.integration.conftest import connect, join, serve  # noqa: F401  asked for by their names
