"""CBOR from strangers (RFC 8949): looked over in one pass without recursion, and only then decoded by the library.

Lets through one whole item of bounded depth, with the few tags that a certificate may hold. So no bomb of nesting, no
shared reference that leads to itself, no tag that makes a decoder compile or allocate.
"""

import datetime
from typing import Any

import cbor2

MAX_DEPTH = 12  # of a certificate: 6
COSE_SIGN1, CWT = 18, 61
_TAGS = frozenset((0, COSE_SIGN1, CWT, 1004))  # 0: date and time, 1004: date (RFC 8943)

_BYTES, _TEXT, _ARRAY, _MAP, _TAG = 2, 3, 4, 5, 6
_INDEFINITE = 31
_BREAK = 0xFF
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
# In place of the number of items left: as many as come before a break; of a string, its pieces.
_UNTIL_BREAK, _PIECES = -1, -2


def loads(data: bytes) -> Any:
    """The one item in `data`. Raises ValueError, which never quotes what was read."""
    items = _Walk(data).items()
    try:
        value = cbor2.loads(data)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError) as exc:
        raise ValueError(f"not CBOR ({type(exc).__name__})") from None
    if _count(value) != items:
        # The last of two would win here, the first elsewhere (RFC 8949, 5.6); and true is no 1.
        raise ValueError("a map names a key twice, or by neither number nor text")
    return value


def _count(value: Any) -> int:
    """The items that the walk saw, had no key been there twice. Recursive: the walk has bounded the depth."""
    if isinstance(value, cbor2.CBORTag):
        return 1 + _count(value.value)
    if isinstance(value, datetime.date):
        return 2  # a tag and its text
    if isinstance(value, list | tuple):
        return 1 + sum(_count(each) for each in value)
    if isinstance(value, dict):
        return 1 + sum(1 + _count(each) for key, each in value.items() if type(key) in (int, str))
    return 1


class _Walk:
    """Goes over the heads of all items; what is inside of strings is the library's business."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = [1]  # in each item that is open
        self._seen = 0

    def items(self) -> int:
        """How many there are, at all depths. Raises ValueError."""
        while self._left:
            if self._left[-1] == 0:
                self._left.pop()
            else:
                self._item()
        if self._at != len(self._data):
            raise ValueError("more than one item")
        return self._seen

    def _item(self) -> None:
        head = self._take(1)[0]
        if head == _BREAK:
            self._break()
            return
        if self._left[-1] > 0:
            self._left[-1] -= 1
        self._seen += self._left[-1] != _PIECES
        kind, info = head >> 5, head & 31
        if info == _INDEFINITE:
            self._open_without_length(kind)
        else:
            self._open(kind, self._argument(info))

    def _open(self, kind: int, argument: int) -> None:
        if kind in (_BYTES, _TEXT):
            self._take(argument)
        elif kind == _ARRAY:
            self._nest(argument)
        elif kind == _MAP:
            self._nest(2 * argument)
        elif kind == _TAG:
            if argument not in _TAGS:
                raise ValueError("a tag that no certificate has")
            self._nest(1)

    def _open_without_length(self, kind: int) -> None:
        if kind in (_BYTES, _TEXT):
            self._nest(_PIECES)
        elif kind in (_ARRAY, _MAP):
            self._nest(_UNTIL_BREAK)
        else:
            raise ValueError("nothing that may be of any length")

    def _nest(self, items: int) -> None:
        if len(self._left) > MAX_DEPTH or items > len(self._data) - self._at:
            raise ValueError("nested too deeply, or cut off")
        self._left.append(items)

    def _break(self) -> None:
        if self._left.pop() > 0:
            raise ValueError("a break in the wrong place")

    def _argument(self, info: int) -> int:
        if info < min(_WIDTHS):
            return info
        if info not in _WIDTHS:
            raise ValueError("not well-formed")
        return int.from_bytes(self._take(_WIDTHS[info]), "big")

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise ValueError("cut off")
        self._at += count
        return self._data[self._at - count : self._at]
