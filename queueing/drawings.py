"""What an SVG may hold that pages show. Pure.

To a browser that opens it an SVG is a program, so it is held to lists of what draws: no scripts, no events, no document
type, nothing that is fetched from anywhere.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from queueing import errors


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Without <use>, of which a few lines draw millions.
ELEMENTS = _names("""
    svg g defs title desc path rect circle ellipse line polyline polygon text tspan clipPath mask linearGradient
    radialGradient stop style
""")
ATTRIBUTES = _names("""
    id class style d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height viewBox preserveAspectRatio points transform
    fill fill-opacity fill-rule clip-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset stroke-opacity opacity color clip-path mask offset stop-color stop-opacity
    gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits vector-effect pathLength
    font-family font-size font-weight font-style letter-spacing text-anchor dominant-baseline
    href role aria-hidden aria-label aria-labelledby xmlns version xml:space xml:lang lang
""")
COVERS = _names("mask clipPath")
# By what they are given as attributes, and nowhere else.
COVERED = _names("mask clip-path")
# What attributes and CSS may call.
FUNCTIONS = _names("rgb rgba hsl hsla oklch var matrix translate scale rotate skewX skewY")
CALL = re.compile(r"(?<![\w-])([\w-]+)\s*\(")
# Of something in the same drawing, as in fill="url(#glow)".
WITHIN = re.compile(r"url\(#[\w-]+\)")
SCHEME = re.compile(r"@media \(prefers-color-scheme:\s*(?:dark|light)\)")
CSS_COVER = re.compile(r"mask|clip-path", re.IGNORECASE)
VIEW = re.compile(r"\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)\s*")
SVG = "http://www.w3.org/2000/svg"


def size(content: bytes) -> tuple[float, float]:
    """Width and height of what it shows. Raises: BadLogo."""
    return _Reader().size(content)


class _Reader:
    """Goes through a drawing and refuses the first thing that is not on the lists."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._css: list[str] = []
        self._view = ""
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.XmlDeclHandler = lambda _version, encoding, _alone: _check_encoding(encoding)
        self._parser.StartDoctypeDeclHandler = lambda *_: _refuse("a document type")
        self._parser.ProcessingInstructionHandler = lambda target, _: _refuse(f"<?{target}?>")

    def size(self, content: bytes) -> tuple[float, float]:
        try:
            content.decode()
            self._parser.Parse(content, True)
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise errors.BadLogo("is neither a PNG nor an SVG that can be read (UTF-8)") from error
        view = VIEW.fullmatch(self._view)
        if not view:
            raise errors.BadLogo('needs a viewBox, such as viewBox="0 0 120 40"')
        return float(view[1]), float(view[2])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in ELEMENTS or (name == "svg") == bool(self._path):
            _refuse(f"<{name}>")
        self._check_place(name, attributes)
        if not self._path:
            if attributes.get("xmlns") != SVG:
                raise errors.BadLogo(f'needs xmlns="{SVG}"')
            self._view = attributes.get("viewBox", "")
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)
        self._path.append(name)

    def _check_place(self, name: str, attributes: dict[str, str]) -> None:
        """What is masked by what is masked draws ten times more with every line."""
        if self._path[-1:] == ["style"]:
            _refuse(f"<{name}> in <style>")
        if not COVERS.isdisjoint({name, *self._path}) and (covered := COVERED.intersection(attributes)):
            _refuse(f"{min(covered)}= within a mask or clipPath")

    def _end(self, _name: str) -> None:
        if self._path.pop() == "style":
            _check_css("".join(self._css))
            self._css.clear()

    def _text(self, text: str) -> None:
        if self._path[-1] == "style":
            self._css.append(text)


def _check_encoding(encoding: str | None) -> None:
    """A browser that believed another one would read something else than was read here."""
    if encoding is not None and encoding.lower() != "utf-8":
        _refuse(f"encoding={encoding}")


def _check_attribute(name: str, value: str) -> None:
    if name not in ATTRIBUTES:
        _refuse(f"{name}=")
    if name == "href" and not re.fullmatch(r"#[\w-]+", value):
        _refuse("an href to somewhere else")
    if name == "xmlns" and value != SVG:
        _refuse(f"xmlns={value}")
    if name == "style":
        _check_css(value)
    elif name != "aria-label":
        _check_calls(value)


def _check_css(css: str) -> None:
    """Comments and escapes could hide what is called."""
    rest = SCHEME.sub("", css)
    if re.search(r"[@\\<]|/\*", rest):
        _refuse("CSS with @, \\ or comments, but for @media (prefers-color-scheme: dark)")
    if found := CSS_COVER.search(rest):
        _refuse(f"{found[0]} in CSS")
    _check_calls(rest)


def _check_calls(text: str) -> None:
    foreign = set(CALL.findall(WITHIN.sub("", text))) - FUNCTIONS
    if foreign:
        _refuse(", ".join(f"{name}()" for name in sorted(foreign)))


def _refuse(what: str) -> NoReturn:
    raise errors.BadLogo(f"may not hold {what[:80]}")
