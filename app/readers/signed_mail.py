"""What a mail that was signed as a whole holds (S/MIME, `smime.p7m`). Pure; runs in the reader's process.

The signature is not checked. The container is CMS (RFC 5652) in BER, whose lengths may be left open.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OID, _OCTETS, _CONTENT = 0x30, 0x06, 0x04, 0xA0
_IS_CONSTRUCTED, _IS_LONG, _OPEN = 0x20, 0x1F, 0x80
_END = b"\0\0"
_DEPTH_LIMIT = 32


def signed_content(container: bytes) -> bytes | None:
    """Return what was signed, None if the container is damaged, or holds nothing that can be read without a key."""
    try:
        kind, content = list(_below(container, _only(container, 0, len(container), _SEQUENCE)))[:2]
        if kind.tag != _OID or container[kind.start : kind.end] != _SIGNED:
            return None
        signed = _only(container, content.start, content.end, _SEQUENCE)
        enclosed = list(_below(container, signed))[2]
        inner = list(_below(container, enclosed))[1]
        return _octets(container, next(_below(container, inner)))
    except (IndexError, ValueError, StopIteration):
        return None


@dataclass(frozen=True, slots=True)
class _Element:
    """Where an element's content begins and ends, and where what follows it begins."""

    tag: int
    start: int
    end: int
    following: int


def _only(content: bytes, start: int, end: int, tag: int) -> _Element:
    found = _element(content, start, end)
    if found.tag != tag:
        raise ValueError(tag)
    return found


def _below(content: bytes, element: _Element) -> Iterator[_Element]:
    place = element.start
    while place < element.end:
        found = _element(content, place, element.end)
        yield found
        place = found.following


def _element(content: bytes, place: int, end: int, depth: int = 0) -> _Element:
    """Return the element at a place; raise `ValueError` or `IndexError` if there is none."""
    tag, length = content[place], content[place + 1]
    start = place + 2
    if depth > _DEPTH_LIMIT or tag & _IS_LONG == _IS_LONG:
        raise ValueError(tag)
    if length == _OPEN:
        place = start
        while content[place : place + 2] != _END:
            place = _element(content, place, end, depth + 1).following
        return _Element(tag, start, place, place + 2)
    if length > _OPEN:
        size_bytes = length - _OPEN
        length = int.from_bytes(content[start : start + size_bytes], "big")
        start += size_bytes
    if start + length > end:
        raise ValueError("cut off")
    return _Element(tag, start, start + length, start + length)


def _octets(content: bytes, element: _Element, depth: int = 0) -> bytes:
    """Return a string of bytes, which may be written in pieces."""
    if element.tag & ~_IS_CONSTRUCTED != _OCTETS or depth > _DEPTH_LIMIT:
        raise ValueError(element.tag)
    if not element.tag & _IS_CONSTRUCTED:
        return content[element.start : element.end]
    return b"".join(_octets(content, one, depth + 1) for one in _below(content, element))
