"""The commands of pages are run as they stand, and what does not work is named: a real shell."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from docs.commands import CommandError, run_all

pytestmark = [
    pytest.mark.skipif(not shutil.which("git"), reason="no Git: apt install git"),
    pytest.mark.skipif(os.name == "nt", reason="the pages' commands are for bash"),
]
FIRST = "reference/exercises.md"
ADDRESS = "print(f'http://127.0.0.1:{server.server_port}', flush=True)"
SERVER = f"""\
from http.server import HTTPServer, SimpleHTTPRequestHandler
server = HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
{ADDRESS}
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree of one file, and a shell that finds this Python."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "one.txt").write_text("one\n")
    return tmp_path / "tree"


def test_commands_happen_in_a_clone_that_their_page_has_for_itself(tree):
    """What one page leaves behind, the next one does not find, and the tree is not touched."""
    run_all({FIRST: ["cp one.txt two.txt", "cat two.txt"], "b.md": ["! cat two.txt"]}, tree)

    assert [path.name for path in tree.iterdir()] == ["one.txt"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("cat two.txt", id="fails"),
        pytest.param("tox", id="succeeds-and-should-not"),
        pytest.param("tox --verbose", id="fails-for-another-reason"),
        pytest.param("rm -f chat.db chat.db-wal", id="leaves-something-undone"),
    ],
)
def test_a_command_that_does_not_do_what_it_should_is_named_with_its_page(tree, line, monkeypatch):
    """Whoever changes the one or the other learns where to look."""
    (tree / "tox").write_text("#!/bin/sh\nexit $#\n")
    (tree / "tox").chmod(0o755)
    monkeypatch.setenv("PATH", ".", prepend=os.pathsep)

    with pytest.raises(CommandError, match=f"(?s)^✗ b.md: {line}\n.* ended with .*, not"):
        run_all({"b.md": ["cat one.txt", line, "rm one.txt"]}, tree)


def test_a_server_is_asked_and_ends_after_ctrl_c(tree):
    """At the address that it prints."""
    run_all({"b.md": ["python -m http.server 0 --bind 127.0.0.1"]}, tree)


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        pytest.param("print('no')", "ended before it said where it serves:\nno", id="ends"),
        pytest.param(f"{SERVER}server.server_close()\ninput()", "does not answer", id="is-deaf"),
        pytest.param(
            f"{SERVER}try: server.serve_forever()\nexcept KeyboardInterrupt: exit(3)",
            "ended with 3 after Ctrl-C",
            id="ends-badly",
        ),
    ],
)
def test_a_server_that_does_not_serve_as_it_should_is_named(tree, program, complaint):
    """With what it said."""
    (tree / "chat.py").write_text(program)

    with pytest.raises(CommandError, match=f"(?s)^✗ b.md: python -m chat\n.*{complaint}"):
        run_all({"b.md": ["python -m chat"]}, tree)
