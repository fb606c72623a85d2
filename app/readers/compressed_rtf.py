"""Take apart the compressed RTF that Outlook keeps ([MS-OXRTFCP]). Pure; runs in the reader's process."""

import struct

_HEADER = struct.Struct("<II4sI")
_COMPRESSED, _STORED = b"LZFu", b"MELA"
_WINDOW = 4096
# The window's first content: what most RTF files say.
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_LIMIT_BYTES = 64 * 1024 * 1024


def decompressed(content: bytes) -> bytes:
    """Return the RTF, as far as the content goes; b"" for what is no compressed RTF."""
    if len(content) < _HEADER.size:
        return b""
    _size, raw_size, kind, _checksum = _HEADER.unpack_from(content)
    body = content[_HEADER.size :]
    if kind == _STORED:
        return body[:raw_size]
    return _inflated(body, min(raw_size, _LIMIT_BYTES)) if kind == _COMPRESSED else b""


def _inflated(body: bytes, size: int) -> bytes:
    window = bytearray(_KNOWN.ljust(_WINDOW, b"\0"))
    write, read = len(_KNOWN), 0
    out = bytearray()
    while read < len(body) and len(out) < size:
        flags = body[read]
        read += 1
        for bit in range(8):
            if flags >> bit & 1:
                if read + 2 > len(body):
                    return bytes(out)
                offset, length = body[read] << 4 | body[read + 1] >> 4, (body[read + 1] & 15) + 2
                read += 2
                if offset == write:
                    return bytes(out)
            elif read < len(body):
                offset, length, window[write] = write, 1, body[read]
                read += 1
            else:
                return bytes(out)
            for n in range(length):
                one = window[(offset + n) % _WINDOW]
                window[write] = one
                out.append(one)
                write = (write + 1) % _WINDOW
    return bytes(out[:size])
