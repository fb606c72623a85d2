"""Formulas in MathML in a line of text, as a person types them. Runs in the reader's process."""

from app.readers.xml_tree import Xml, local

_UNSEEN = frozenset(("annotation", "annotation-xml"))


def written(formula: Xml) -> str:
    """Return a formula, or what is in a part of one: 1/2, x^2, a_i, √(a+b)."""
    return "".join(map(_written, _parts(formula)))


def _written(element: Xml) -> str:
    parts = list(_parts(element))
    match local(element), len(parts):
        case (("mi" | "mn" | "mo" | "mtext" | "ms"), _):
            return " ".join((element.text or "").split())
        case "mspace", _:
            return " "
        case "mfrac", 2:
            return f"{_bracketed(parts[0])}/{_bracketed(parts[1])}"
        case (("msup" | "mover"), 2):
            return f"{_written(parts[0])}^{_bracketed(parts[1])}"
        case (("msub" | "munder"), 2):
            return f"{_written(parts[0])}_{_bracketed(parts[1])}"
        case (("msubsup" | "munderover"), 3):
            return f"{_written(parts[0])}_{_bracketed(parts[1])}^{_bracketed(parts[2])}"
        case "mroot", 2:
            return f"{_written(parts[1])}√{_bracketed(parts[0])}"
        case "msqrt", _:
            inner = written(element)
            return f"√({inner})" if len(inner) > 1 else f"√{inner}"
        case "mtable", _:
            return "; ".join(map(_written, parts))
        case (("mtr" | "mlabeledtr"), _):
            return ", ".join(map(_written, parts))
        case "mfenced", _:
            inner = ", ".join(map(_written, parts))
            return f"{_fence(element, 'open', '(')}{inner}{_fence(element, 'close', ')')}"
        case _:
            return written(element)


def _parts(element: Xml) -> list[Xml]:
    return [below for below in element if local(below) and local(below) not in _UNSEEN]


def _bracketed(element: Xml) -> str:
    text = _written(element).strip()
    return f"({text})" if len(text) > 1 and not text.isalnum() else text


def _fence(element: Xml, name: str, default: str) -> str:
    return default if (named := element.get(name)) is None else named
