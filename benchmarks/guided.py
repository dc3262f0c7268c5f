"""Hostile frames for the parser, found by coverage: what reaches a new line is varied further.

    pip install atheris
    python -m benchmarks.guided -runs=1000000

It takes libFuzzer's options (https://llvm.org/docs/LibFuzzer.html#options). At the first frame that
is neither a message nor a `ProtocolError` it ends with a traceback and keeps that one in results/.
"""

import json
import sys
from pathlib import Path

import atheris

from benchmarks.frames import SEEDS

CORPUS = Path(__file__).parent / "results" / "corpus"

with atheris.instrument_imports(include=["chat"]):
    from chat.messages import ProtocolError
    from chat.protocol import create_message, parse_message


def try_frame(data: bytes) -> None:
    """Parse one frame: as it came, or as the text that it is if it can be one."""
    frame = data.decode(errors="surrogatepass") if _is_text(data) else data
    try:
        message = parse_message(frame)
    except ProtocolError:
        return
    assert parse_message(create_message(message)) == message, message


def _is_text(data: bytes) -> bool:
    try:
        data.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def main() -> None:
    """Begin with frames that are right, and with what earlier runs have found."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (CORPUS / f"seed{number}").write_text(json.dumps(seed))
    options = ["-max_len=9000", "-timeout=10", f"-artifact_prefix={CORPUS.parent}/"]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(CORPUS)], try_frame)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
