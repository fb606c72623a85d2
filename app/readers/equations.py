"""Equations of Office in a line of text, as a person types them. Runs in the reader's process."""

from app.readers.xml_tree import Xml, child, children, local, value

_SUM = "∫"
"""The sign of a sum, an integral or the like, where none is named."""
_SCRIPTS = {"sub": "_", "lim": "_", "sup": "^"}


def written(equation: Xml) -> str:
    """Return an equation, or what is in a part of one: 1/2, x^2, a_i, √(a+b)."""
    return "".join(_written(part) for part in equation)


def _written(element: Xml) -> str:
    match local(element):
        case "t":
            return element.text or ""
        case "f":
            return f"{_bracketed(element, 'num')}/{_bracketed(element, 'den')}"
        case "sSup" | "sSub" | "sSubSup" | "sPre" | "limLow" | "limUpp":
            return _part(element, "e") + _scripts(element)
        case "func":
            return f"{_part(element, 'fName')} {_part(element, 'e')}"
        case "rad":
            return f"{_part(element, 'deg')}√{_bracketed(element, 'e')}"
        case "nary":
            return f"{_sign(element, 'naryPr', 'chr', _SUM)}{_scripts(element)} {_part(element, 'e')}"
        case "d":
            separator = _sign(element, "dPr", "sepChr", "|")
            inner = separator.join(map(written, children(element, "e")))
            return f"{_sign(element, 'dPr', 'begChr', '(')}{inner}{_sign(element, 'dPr', 'endChr', ')')}"
        case "m":
            return "; ".join(", ".join(map(written, children(row, "e"))) for row in children(element, "mr"))
        case "eqArr":
            return "; ".join(map(written, children(element, "e")))
        case _:
            return written(element)


def _part(element: Xml, name: str) -> str:
    found = child(element, name)
    return written(found) if found is not None else ""


def _bracketed(element: Xml, name: str) -> str:
    text = _part(element, name).strip()
    return f"({text})" if len(text) > 1 and not text.isalnum() else text


def _scripts(element: Xml) -> str:
    """Return what stands below and above."""
    scripts = ((mark, _bracketed(element, name)) for name, mark in _SCRIPTS.items())
    return "".join(f"{mark}{text}" for mark, text in scripts if text)


def _sign(element: Xml, properties: str, name: str, default: str) -> str:
    """Return a sign that an equation's part is drawn with."""
    return default if (named := value(element, properties, name)) is None else named
