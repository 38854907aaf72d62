"""Makes pictures of pages small enough to lie in the repository."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

MOST_BYTES = 60_000
# A page has few colours, but letters have soft edges; fewer than the last, and they show.
COLOURS = (128, 64, 32)
SMALLER = 0.8


def shrink(source: Path, target: Path) -> None:
    """In as many colours as fit, and where 32 are too many, smaller."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    while not _fits(picture, target):
        size = (round(picture.width * SMALLER), round(picture.height * SMALLER))
        picture = picture.resize(size, Image.Resampling.LANCZOS)


def _fits(picture: Image.Image, target: Path) -> bool:
    for colours in COLOURS:
        picture.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            return True
    return False
