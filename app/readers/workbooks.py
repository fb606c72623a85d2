"""What workbooks of Excel's two newer formats share. Runs in the reader's process."""

import struct
from collections.abc import Iterable
from pathlib import PurePath

from app.core.pages import Page
from app.core.types import Reason
from app.readers import zips
from app.readers.package import Package
from app.readers.refusal import Refusal
from app.readers.tables import Sheet, pages_of_sheets
from app.readers.xml_tree import XmlInvalid


def pages_of_workbook(package: Package, name: str, sheets: Iterable[Sheet]) -> tuple[str, tuple[Page, ...]]:
    """Return the title and the pages of a workbook whose sheets are read as they come, or raise `Refusal`."""
    try:
        found = pages_of_sheets(sheets)
    except (XmlInvalid, struct.error, *zips.ERRORS) as error:
        raise Refusal(Reason.DAMAGED, str(error)) from error
    if not found:
        raise package.refusal(Refusal(Reason.NO_TEXT))
    return package.title() or PurePath(name).stem, found
