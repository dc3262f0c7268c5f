"""`chat`, `tests` and the learner's files are imported from memory, compiled once for all workers.

There is no bytecode on the disk that could be out of date: code belongs to a text. The files of
the program stand on the disk besides, for those who start it as a program of its own.
"""

import ast
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

from _pytest.assertion.rewrite import rewrite_asserts


class Text(NamedTuple):
    """What code is made from: equal texts in files of one name have one code."""

    source: bytes
    name: str
    is_test: bool  # its asserts are to explain themselves


Codes = dict[Text, CodeType]

GET_CODE = "exercises.get_code"  # an audit event: somebody asks for the code of this module


def compiled(text: Text, codes: Codes) -> CodeType:
    """Return the code of a text, from `codes` where it is known. Raises SyntaxError."""
    code = codes.get(text)
    if code is None:
        tree = ast.parse(text.source, text.name)
        if text.is_test:
            rewrite_asserts(tree, text.source, text.name)
        code = codes[text] = compile(tree, text.name, "exec", dont_inherit=True)
    return code


class Importer:
    """Finds one package and all that is in it, or the files of a folder that is none."""

    def __init__(
        self, package: str | None, files: Mapping[str, bytes], folder: Path, codes: Codes
    ) -> None:
        self._package = package
        self._files = files
        self._folder = folder
        self._codes = codes

    def install(self) -> None:
        """Come before all others: nobody else may find these modules."""
        sys.meta_path.insert(0, self)

    def prepare(self, names: Sequence[str]) -> None:
        """Compile what is known of these modules, so that workers need not."""
        for name in names:
            if file := self._file(name):
                with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                    compiled(self._text(file), self._codes)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is (importlib.abc.MetaPathFinder)."""
        file = self._file(name)
        if file is None:
            return None
        text = self._text(file)
        place = Path(text.name)
        inside = [str(place.parent)] if place.name == "__init__.py" else None
        loader = _Loader(name, text, self._codes)
        return spec_from_file_location(
            name, place, loader=loader, submodule_search_locations=inside
        )

    def _file(self, name: str) -> str | None:
        parts = name.split(".")
        if self._package is not None and parts.pop(0) != self._package:
            return None
        stem = "/".join(parts)
        files = f"{stem}/__init__.py".lstrip("/"), f"{stem}.py"
        return next((file for file in files if file in self._files), None)

    def _text(self, file: str) -> Text:
        return Text(self._files[file], str(self._folder / file), self._package is None)


class _Loader(SourceFileLoader):
    """Runs code that may be there already."""

    def __init__(self, name: str, text: Text, codes: Codes) -> None:
        super().__init__(name, text.name)
        self._text = text
        self._codes = codes

    def get_code(self, fullname: str) -> CodeType:
        sys.audit(GET_CODE, fullname)
        return compiled(self._text, self._codes)
