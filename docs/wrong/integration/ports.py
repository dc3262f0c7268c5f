"""A port for the tests whose mistake is that they name one."""

import socket


def chosen_port():
    """Return a port that was free a moment ago, as if somebody had chosen it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
