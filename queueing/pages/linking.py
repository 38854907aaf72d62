"""Links ES modules into one script: each becomes a function that returns what it exports, those it imports before it.

Only the forms that our modules use are read, and all others refused: `import { a, b as c } from './x.js'`,
`import * as x from './x.js'`; `export` before `const`, `function` or `class`, and `export {}`. Nothing that is exported
may be assigned again, and none may import each other in a circle, so handing values over once is enough.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from queueing import errors
from queueing.pages import javascript

_FORMS_OF_IMPORT = "import { names } from './x.js'; or import * as name from './x.js';"
_FORMS_OF_EXPORT = "export const name = …; export function, export class, or export {};"


@dataclass
class _Module:
    name: str
    body: str = ""
    imports: list[tuple[str, int]] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


def link(entry: str, sources: Mapping[str, str]) -> list[tuple[str, str]]:
    """(Name, text) of each module that `entry` needs, itself the last; joined they are one script that does the same.

    Raises errors.Unpressable, which names module and line.
    """
    linker = _Linker(sources)
    linker.gather(entry, ())
    if linker.modules[entry].exports:
        raise errors.Unpressable(entry, 1, "nobody could import what an entry exports")
    return [(name, module.body if name == entry else linker.wrapped(name)) for name, module in linker.modules.items()]


class _Linker:
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        # What holds the exports of each.
        self._variables = {name: f"${number}" for number, name in enumerate(sorted(sources))}
        self.modules: dict[str, _Module] = {}

    def gather(self, name: str, path: tuple[str, ...]) -> None:
        """With all it needs, and after them. `path`: the modules that led here."""
        module = _Reader(name, self._sources[name], self._variables, may_wait=not path).module
        for imported, line in module.imports:
            if imported in (*path, name):
                raise errors.Unpressable(name, line, f"{imported} imports this module too, in a circle")
            if imported not in self.modules:
                self.gather(imported, (*path, name))
        self.modules[name] = module

    def wrapped(self, name: str) -> str:
        module = self.modules[name]
        exports = ", ".join(module.exports)
        return f"const {self._variables[name]} = (() => {{\n{module.body}\nreturn {{ {exports} }};\n}})();"


class _Reader:
    """Reads one module; `may_wait`: whether `await` may stand outside of functions."""

    def __init__(self, name: str, source: str, variables: Mapping[str, str], *, may_wait: bool) -> None:
        self.module = _Module(name)
        self._variables = variables
        self._left = javascript.tokens(source, name)
        self._at = 0
        self._may_wait = may_wait
        self._written: list[str] = []
        while self._at < len(self._left):
            self._statement()
        self.module.body = "".join(self._written)

    def _statement(self) -> None:
        token = self._left[self._at]
        if token.kind != "word" or token.text not in {"import", "export", "await"} or self._is_property():
            self._keep()
        elif token.text == "await":
            if token.depth == 0 and not self._may_wait:
                self._refuse("only an entry may await outside of a function")
            self._keep()
        elif token.depth:
            self._refuse(f"{token.text} stands inside of something")
        elif token.text == "import":
            self._import()
        else:
            self._export()

    def _is_property(self) -> bool:
        """Whether the word is one like `import` in `table.import`."""
        return self._at > 0 and self._left[self._at - 1].text == "."

    def _import(self) -> None:
        line = self._left[self._at].line
        clause = " ".join(self._words(until=";", form=_FORMS_OF_IMPORT))
        match = re.fullmatch(r"import (?:\* as (\S+)|\{ (.*) \}) from '(\.[^']*\.js)' ;", clause)
        if not match:
            self._refuse(f"write {_FORMS_OF_IMPORT}", line)
        namespace, names, path = match.groups()
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(self.module.name), path))
        if imported not in self._variables:
            self._refuse(f"there is no {imported}", line)
        self.module.imports.append((imported, line))
        taken = namespace or "{ " + names.replace(" as ", ": ") + " }"
        self._written.append(f"const {taken} = {self._variables[imported]};")

    def _export(self) -> None:
        start = self._left[self._at]
        self._at += 1
        rest = [token.text for token in self._left[self._at : self._at + 40] if token.kind != "gap"]
        said = " ".join(rest[:4])
        if said.startswith("{ } ;"):
            self._words(until=";", form=_FORMS_OF_EXPORT)
            return
        match = re.match(r"(?:const|class|(?:async )?function(?: \*)?) ([\w$]+) ?(\S?)", said)
        if not match or (rest[0] == "const" and (match[2] != "=" or self._declares_several())):
            self._refuse(f"write {_FORMS_OF_EXPORT}", start.line)
        self.module.exports.append(match[1])

    def _declares_several(self) -> bool:
        for token in self._left[self._at :]:
            if token.depth == 0 and token.text in {",", ";"}:
                return token.text == ","
        return False

    def _words(self, *, until: str, form: str) -> list[str]:
        """All up to and including that mark, without gaps."""
        start = self._at
        ends = (at + 1 for at in range(start, len(self._left)) if self._left[at].text == until)
        self._at = next(ends, start)
        if self._at == start:
            self._refuse(f"write {form}")
        return [token.text for token in self._left[start : self._at] if token.kind != "gap"]

    def _keep(self) -> None:
        self._written.append(self._left[self._at].text)
        self._at += 1

    def _refuse(self, reason: str, line: int | None = None) -> NoReturn:
        raise errors.Unpressable(self.module.name, line or self._left[self._at].line, reason)
