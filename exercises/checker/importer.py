"""`chat` and `tests` are imported from memory, compiled once for all workers that share a text.

There is no bytecode on the disk that could be out of date: code belongs to a text. The files of
the program stand on the disk besides, for those who start it as a program of its own.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

Codes = dict[bytes, CodeType]  # by the text that they were made from


def compiled(source: bytes, name: str, codes: Codes) -> CodeType:
    """Return the code of a text, from `codes` where it is known. Raises SyntaxError."""
    code = codes.get(source)
    if code is None:
        code = codes[source] = compile(source, name, "exec", dont_inherit=True)
    return code


class Importer:
    """Finds one package and all that is in it."""

    def __init__(
        self, package: str, files: Mapping[str, bytes], folder: Path, codes: Codes
    ) -> None:
        self._package = package
        self._files = files
        self._folder = folder
        self._codes = codes

    def install(self) -> None:
        """Come before all others: nobody else may find this package."""
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]  # typeshed asks for more

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module of the package is (importlib.abc.MetaPathFinder)."""
        package, *inner = name.split(".")
        if package != self._package:
            return None
        stem = "/".join(inner)
        for file in (f"{stem}/__init__.py".lstrip("/"), f"{stem}.py"):
            if file in self._files:
                return self._spec(name, file)
        return None

    def _spec(self, name: str, file: str) -> ModuleSpec | None:
        place = self._folder / file
        loader = _Loader(name, str(place), self._files[file], self._codes)
        inside = [str(place.parent)] if place.name == "__init__.py" else None
        return spec_from_file_location(
            name, place, loader=loader, submodule_search_locations=inside
        )


class _Loader(SourceFileLoader):
    """Runs code that is there already, under the name of the file that it would be in."""

    def __init__(self, name: str, path: str, source: bytes, codes: Codes) -> None:
        super().__init__(name, path)
        self._source = source
        self._codes = codes

    def get_code(self, fullname: str) -> CodeType:
        return _moved(compiled(self._source, self.path, self._codes), self.path)


def _moved(code: CodeType, path: str) -> CodeType:
    """Return the code as if it had been compiled from another file."""
    if code.co_filename == path:
        return code
    inner = tuple(_moved(c, path) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_filename=path, co_consts=inner)
