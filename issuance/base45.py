"""Base45 (RFC 9285): bytes as the 45 characters that a QR code holds densely."""

import struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
# Two bytes are c + 45 d + 2025 e: the pairs "cd" ready-made halve the work for each certificate.
_PAIRS = [ALPHABET[value % 45] + ALPHABET[value // 45] for value in range(2025)]


def encode(data: bytes) -> str:
    even = len(data) & ~1
    pairs = struct.unpack(f">{even // 2}H", data[:even])
    text = "".join([_PAIRS[pair % 2025] + ALPHABET[pair // 2025] for pair in pairs])
    return text + _PAIRS[data[-1]] if len(data) % 2 else text


def decode(text: str) -> bytes:
    """Raises ValueError for what no encoder writes: a foreign character, a lone one, a value out of range."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise ValueError("a character outside the alphabet") from None
    return b"".join(_group(values[at : at + 3]) for at in range(0, len(values), 3))


def _group(values: list[int]) -> bytes:
    number = 0
    for value in reversed(values):
        number = number * len(ALPHABET) + value
    size = len(values) - 1
    if size == 0 or number >= 256**size:
        raise ValueError("not a base45 group")
    return number.to_bytes(size, "big")
