"""Who has staff's password, or the tier's key, dresses a room up: nothing that he saves runs, fetches or breaks out."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from queueing import errors, logos, settings, settings_hash
from queueing.settings import RoomSettings

ROOM = RoomSettings(slug="passport")
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" '
TIMES = "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"

DRAWINGS = {
    "script": f"{OPEN}><script>alert(1)</script></svg>",
    "script in capitals": f"{OPEN}><SCRIPT>alert(1)</SCRIPT></svg>",
    "script of another space": f'{OPEN}><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script></svg>',
    "script by prefix": f'{OPEN}xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></svg>',
    "event": f'{OPEN}onload="alert(1)"/>',
    "event within": f'{OPEN}><path d="M0 0" onclick="alert(1)"/></svg>',
    "event by animation": f'{OPEN}><set attributeName="onclick" to="alert(1)"/></svg>',
    "animation of an address": f'{OPEN}><path><animate attributeName="href" to="javascript:alert(1)"/></path></svg>',
    "page within": f"{OPEN}><foreignObject><body>pay here</body></foreignObject></svg>",
    "link": f'{OPEN}><a href="javascript:alert(1)"><path d="M0 0"/></a></svg>',
    "picture from elsewhere": f'{OPEN}><image href="https://elsewhere.example/a.png"/></svg>',
    "drawing from elsewhere": f'{OPEN}><use href="https://elsewhere.example/a.svg#b"/></svg>',
    "drawings without end": f'{OPEN}><g id="a"><use href="#a"/></g></svg>',
    "masks in masks": f'{OPEN}><mask id="a"><path mask="url(#b)"/></mask></svg>',
    "masked masks": f'{OPEN}><mask id="a" clip-path="url(#b)"><path/></mask></svg>',
    "clips in masks": f'{OPEN}><clipPath id="a"><g><path clip-path="url(#b)"/></g></clipPath></svg>',
    "masks by class": f"{OPEN}><style>.a{{mask:url(#b)}}</style></svg>",
    "masks by style": f'{OPEN}><path style="-webkit-MASK:url(#b)"/></svg>',
    "sheet within a sheet": f"{OPEN}><style>.a{{fill:url<style/>(//elsewhere.example)}}</style></svg>",
    "gradient from elsewhere": f'{OPEN}><linearGradient href="//elsewhere.example/a.svg#b"/></svg>',
    "old link": f'{OPEN}xmlns:xlink="http://www.w3.org/1999/xlink"><linearGradient xlink:href="//a.example/#b"/></svg>',
    "paint from elsewhere": f'{OPEN}><path fill="url(https://elsewhere.example/a)"/></svg>',
    "paint in entities": f'{OPEN}><path fill="&#117;rl(https://elsewhere.example/a)"/></svg>',
    "paint in escapes": f'{OPEN}><path fill="\\75 rl(https://elsewhere.example/a)"/></svg>',
    "paint by style": f'{OPEN}><path style="fill:url(https://elsewhere.example/a)"/></svg>',
    "sheet from elsewhere": f"{OPEN}><style>@import 'https://elsewhere.example/a.css';</style></svg>",
    "font from elsewhere": f"{OPEN}><style>@font-face{{font-family:a;src:url(//elsewhere.example)}}</style></svg>",
    "background by another name": f"{OPEN}><style>svg{{background:image-set('//a.example/b' 1x)}}</style></svg>",
    "sheet in two parts": f"{OPEN}><style>svg{{fill:ur</style><style>l(//a.example)}}</style></svg>",
    "sheet in CDATA": f"{OPEN}><style><![CDATA[svg{{fill:url(//a.example)}}]]></style></svg>",
    "sheet behind a comment": f"{OPEN}><style>/*</style><style>*/ svg{{fill:url(//a.example)}}</style></svg>",
    "sheet by instruction": '<?xml-stylesheet href="https://elsewhere.example/a.css"?>' + OPEN + "/>",
    "document type": '<!DOCTYPE svg SYSTEM "https://elsewhere.example/a.dtd">' + OPEN + "/>",
    "file by entity": f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{OPEN}>&a;</svg>',
    "a billion laughs": f"<!DOCTYPE svg [{TIMES}]>{OPEN}>&b;</svg>",
    "page": "<html><body><script>alert(1)</script></body></html>",
    "page after it": f"{OPEN}/><script>alert(1)</script>",
    "other charset": '<?xml version="1.0" encoding="utf-7"?>' + OPEN + ">+ADw-script+AD4-</svg>",
    "huge": OPEN + ">" + "<g/>" * 10_000 + "</svg>",
}

COLOURS = [
    "red;}body{display:none}",
    "#fff;background:url(//elsewhere.example)",
    "#fff}</style><script>alert(1)</script>",
    "url(//elsewhere.example)",
    "var(--x)",
    "#ffffff\n",
    "#ＦＦＦＦＦＦ",
]


def uri(drawing: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


@pytest.mark.parametrize("kind", DRAWINGS)
def test_drawing_that_does_more_than_draw_is_refused(kind: str) -> None:
    with pytest.raises(errors.BadLogo):
        logos.to_uri(DRAWINGS[kind].encode())
    with pytest.raises(errors.BadSettings):
        settings.check(replace(ROOM, logo=uri(DRAWINGS[kind])))


@pytest.mark.parametrize("kind", DRAWINGS)
def test_web_shows_no_such_drawing_though_the_tier_has_signed_it(kind: str) -> None:
    assert _read(logo=uri(DRAWINGS[kind])).logo == ""


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("name", ["accent", "paper", "accent_dark", "paper_dark"])
def test_colour_is_a_colour_and_nothing_else(name: str, colour: str) -> None:
    with pytest.raises(errors.BadSettings):
        settings.check(replace(ROOM, **{name: colour}))  # type: ignore[arg-type]
    assert getattr(_read(**{name: colour}), name) == ""


def test_logo_is_no_address_of_something_elsewhere() -> None:
    for address in (
        "https://elsewhere.example/a.svg",
        "//elsewhere.example/a",
        "javascript:alert(1)",
        "data:text/html,a",
    ):
        with pytest.raises(errors.BadSettings):
            settings.check(replace(ROOM, logo=address))
        assert _read(logo=address).logo == ""


def _read(**changed: Any) -> RoomSettings:
    """As web reads what was published."""
    published = settings_hash.of(replace(ROOM, **changed))
    read = settings_hash.read({name.encode(): value.encode() for name, value in published.items()})
    assert read is not None
    return read
