"""`chat`, `tests` and the learner's files are imported from memory, compiled once for all workers.

There is no bytecode on the disk that could be out of date: code belongs to a text. Where its file
is, it learns when it is imported, as code from the disk does. The files of the program stand on the
disk besides, for those who start it as a program of its own.
"""

import _imp
import ast
import sys
from collections.abc import Callable, Mapping, Sequence
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
    name: str  # of the file from its package on: where that is, differs from worker to worker
    is_test: bool  # its asserts are to explain themselves


Codes = dict[Text, CodeType]

# Audit events: somebody asks for the code of this module; this module has been imported.
GET_CODE, IMPORTED = "exercises.get_code", "exercises.imported"


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
    """Finds one package and all that is in it, or the files of a folder that is none.

    A test can ask an importer and its loaders for their attributes: none of them is a text.
    """

    def __init__(
        self, package: str | None, files: Mapping[str, bytes], folder: Path, codes: Codes
    ) -> None:
        def text_of(name: str) -> Text | None:
            parts = name.split(".")
            if package is not None and parts.pop(0) != package:
                return None
            stem = "/".join(parts)
            for file in (f"{stem}/__init__.py".lstrip("/"), f"{stem}.py"):
                if file in files:
                    return Text(files[file], f"{package or '.'}/{file}", package is None)
            return None

        def code_of(name: str) -> CodeType | None:
            sys.audit(GET_CODE, name)
            text = text_of(name)
            return text and compiled(text, codes)

        def place_of(name: str) -> Path | None:
            text = text_of(name)
            return text and folder / Path(text.name).relative_to(package or ".")

        self._code_of, self._place_of = code_of, place_of

    def install(self) -> None:
        """Come before all others: nobody else may find these modules."""
        sys.meta_path.insert(0, self)

    def prepare(self, names: Sequence[str]) -> None:
        """Compile what is known of these modules, so that workers need not."""
        for name in names:
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                self._code_of(name)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is (importlib.abc.MetaPathFinder)."""
        place = self._place_of(name)
        if place is None:
            return None
        inside = [str(place.parent)] if place.name == "__init__.py" else None
        loader = _Loader(name, str(place), self._code_of)
        return spec_from_file_location(
            name, place, loader=loader, submodule_search_locations=inside
        )


class _Loader(SourceFileLoader):
    """Runs code that may be there already."""

    def __init__(self, name: str, path: str, code_of: Callable[[str], CodeType | None]) -> None:
        super().__init__(name, path)
        self._code_of = code_of

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        sys.audit(IMPORTED, module)

    def get_code(self, fullname: str) -> CodeType | None:
        code = self._code_of(fullname)
        if code is not None:
            _imp._fix_co_filename(code, self.path)  # type: ignore[attr-defined]  # importlib's own
        return code
