"""Office files that a password locks, decrypted in memory. Runs in the reader's process.

PDF is not here: MuPDF decrypts as it reads.
"""

import importlib
import io
import struct
from types import SimpleNamespace
from typing import BinaryIO
from xml.dom.minidom import parseString
from xml.parsers.expat import ExpatError

from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format import doc97, xls97
from msoffcrypto.method.ecma376_standard import ECMA376Standard
from msoffcrypto.method.rc4 import DocumentRC4

from app.core.types import Reason
from app.readers.formats import OLE_MARK
from app.readers.ole import Ole
from app.readers.refusal import UNOPENABLE, Refusal

# WORKAROUND: msoffcrypto-tool writes what it decrypts of .doc and .xls into temporary files, and the jail has none.
doc97.tempfile = xls97.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)

_OTHER_LOCK = (DecryptionError, FileFormatError, ParseError, NotImplementedError)
# What msoffcrypto-tool raises about a damaged file.
_CONFUSED = (LookupError, ValueError, TypeError, AttributeError, struct.error, OSError, ExpatError)


def unlocked(file: BinaryIO, password: str) -> BinaryIO:
    """Return a locked office file as it is under its lock, and any other file unchanged.

    Raises:
        Refusal: the password is wrong, or it is another lock than a password's.
    """
    file.seek(0)
    if file.read(len(OLE_MARK)) != OLE_MARK:
        return file
    if "powerpoint document" in Ole(file).paths:  # msoffcrypto-tool spoils the list of its parts
        return file
    decrypted = io.BytesIO()
    try:
        office = OfficeFile(file)
        if not office.is_encrypted():
            return file
        office.load_key(password=password)
        office.decrypt(decrypted)
    except InvalidKeyError as error:
        raise Refusal(Reason.ENCRYPTED) from error
    except _OTHER_LOCK as error:
        raise Refusal(Reason.ENCRYPTED, UNOPENABLE) from error
    except _CONFUSED as error:
        raise Refusal(Reason.DAMAGED, f"its lock: {error}") from error
    return decrypted


def warm() -> None:
    """Have everything loaded that decrypting loads when it is first done: in the jail no file can be opened."""
    for name in ("ooxml", "ppt97"):
        importlib.import_module(f"msoffcrypto.format.{name}")
    parseString("<lock/>").unlink()
    ECMA376Standard.verifykey(bytes(16), bytes(16), bytes(32))
    DocumentRC4.verifypw("", bytes(16), bytes(16), bytes(16))
