"""Puts charts, formulas and documents into the OpenDocument file that shows them. Runs in the reader's process."""

from pathlib import PurePosixPath

from app.readers.package import Package, resolved
from app.readers.xml_tree import Xml, attribute, child, children, descendants

# A document has tens of them.
OBJECT_LIMIT = 1000


def fill_in(package: Package, body: Xml) -> None:
    """Put each object below the element that shows it; in a workbook, charts without the values of its sheets."""
    is_workbook = child(body, "spreadsheet") is not None
    filled: set[str] = set()
    for element in list(descendants(body, "object"))[:OBJECT_LIMIT]:
        name = resolved(PurePosixPath(), attribute(element, "href"))
        if name and name not in filled:
            filled.add(name)
            root = package.xml(f"{name}/content.xml")
            if root is not None:
                element.append(root)
        if is_workbook:
            _drop_values(element)


def _drop_values(element: Xml) -> None:
    for root in element:
        chart = child(root, "body", "chart", "chart")
        for table in list(children(chart, "table")):
            if chart is not None:
                chart.remove(table)
