"""`python -m exercises`: everything stands in exercises/checker/cli.py."""

import signal
import sys

if sys.version_info < (3, 11):  # noqa: UP036  # whoever has an older one learns it here
    sys.exit(f"exercises: Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C during the imports: no traceback

from exercises.checker.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
