"""What the readers of zips share: how one is opened, and what is locked in it. Runs in the reader's process."""

import lzma
import zipfile
import zlib
from typing import BinaryIO

from app.core.types import Reason
from app.readers.refusal import Refusal

ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError)
"""What zipfile and the decompressors raise about an archive that is damaged or made to harm."""

_IS_ENCRYPTED = 1


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """Return a file as a zip, or raise `Refusal`."""
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except ERRORS as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error


def is_encrypted(flags: int) -> bool:
    """Return whether the flags of an entry say that it is locked with a password."""
    return bool(flags & _IS_ENCRYPTED)


def part_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a document's part in lower case; some programs write it with backslashes."""
    return entry.filename.replace("\\", "/").lower()
