"""XML of documents as trees and as streams, read with care. Runs in the reader's process.

Nothing is fetched and no entity is filled in, so neither a file nor a billion laughs can come in through one.
Names are compared without their namespaces: office formats have several for one meaning.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Protocol, cast

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - no stubs

XmlInvalid = etree.XMLSyntaxError


class Xml(Protocol):
    """An XML element as far as it is used here."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    def __iter__(self) -> Iterator["Xml"]: ...
    def get(self, key: str) -> str | None: ...
    def items(self) -> list[tuple[str, str]]: ...
    def iter(self, *tags: str) -> Iterator["Xml"]: ...
    def getparent(self) -> "Xml | None": ...
    def clear(self) -> None: ...
    def append(self, element: "Xml", /) -> None: ...
    def remove(self, element: "Xml", /) -> None: ...


def parse(content: bytes) -> Xml:
    """Return the root of an XML document, or raise `XmlInvalid`; prefixes that are not declared are no harm."""
    parser: Any = _parser(recover=True)
    root = etree.fromstring(content, parser)
    if root is None or any(one.level == etree.ErrorLevels.FATAL for one in parser.error_log):
        raise XmlInvalid("damaged", 0, 0, 0)
    if len(parser.error_log):
        _drop_prefixes(root)
    return cast(Xml, root)


def recovered(content: bytes) -> Xml | None:
    """Return the root of a damaged XML document with what can be read of it, None if nothing can."""
    try:
        return cast(Xml | None, etree.fromstring(content, _parser(recover=True)))
    except (XmlInvalid, ValueError):
        return None


def _parser(*, recover: bool) -> object:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, recover=recover
    )


def _drop_prefixes(root: Any) -> None:
    """Leave out of names the prefixes that stand for no namespace; what would be no name then stays as it is."""
    for element in root.iter(etree.Element):
        if element.tag[0] != "{":
            with suppress(ValueError):
                element.tag = element.tag.rpartition(":")[2]
        for key in [key for key in element.attrib if key[0] != "{" and ":" in key]:
            with suppress(ValueError):
                element.set(key.rpartition(":")[2], element.attrib[key])
                del element.attrib[key]


def written(element: Xml) -> bytes:
    """Return an element as an XML document."""
    return cast(bytes, etree.tostring(element, encoding="utf-8", with_tail=False))


def stream(file: BinaryIO, name: str) -> Iterator[Xml]:
    """Yield the elements of a local name one by one, each forgotten when the next is asked for.

    Raises:
        XmlInvalid: when all that can be read is told, and the file is no XML from some place on.
    """
    events = etree.iterparse(
        file,
        events=("end",),
        tag=f"{{*}}{name}",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    for _event, element in events:
        yield cast(Xml, element)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    if any(one.level == etree.ErrorLevels.FATAL for one in events.error_log):
        raise XmlInvalid("damaged", 0, 0, 0)


def local(element: Xml) -> str:
    """Return an element's name without its namespace; "" for a comment, a processing instruction or an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Xml, name: str) -> str:
    """Return an attribute by its name without the namespace, "" if absent."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def child(element: Xml | None, *path: str) -> Xml | None:
    """Return the first descendant along a path of local names."""
    for name in path:
        element = next((below for below in element if local(below) == name), None) if element is not None else None
    return element


def children(element: Xml | None, name: str) -> Iterator[Xml]:
    """Yield the children of a local name."""
    return (below for below in element if local(below) == name) if element is not None else iter(())


def descendants(element: Xml | None, *names: str) -> Iterator[Xml]:
    """Yield the descendants of these local names in document order."""
    return element.iter(*[f"{{*}}{name}" for name in names]) if element is not None else iter(())


def value(element: Xml | None, *path: str) -> str | None:
    """Return the `val` of the element along a path, None if there is no such element."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val")


def integer(text: str | None, default: int = 0) -> int:
    """Return the number that an attribute says, or the default."""
    try:
        return int(text) if text else default
    except ValueError:
        return default
