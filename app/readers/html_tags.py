"""Tags that no page has and that would hold up its parser, shortened. Pure; runs in the reader's process."""

import re
from itertools import islice

ATTRIBUTE_LIMIT = 1000
"""How many attributes of a tag are kept. lexbor compares each with all before: 50,000 took 3.4 s, 1,000 take 1 ms."""

# A tag that nothing closes, and a quotation that nothing ends, go on to the end: no character is looked at twice.
_TAG = re.compile(r"""<!--(?:.*?-->|.*)|<[A-Za-z](?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?)*+""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>]*+))?""")


def shortened(text: str) -> str:
    """Return a page whose tags have no more attributes than a parser takes in at once; its text is the same."""
    return _TAG.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    tag = found[0]
    if len(tag) < 2 * ATTRIBUTE_LIMIT or tag.startswith("<!"):
        return tag
    last = next(islice(_ATTRIBUTE.finditer(tag), ATTRIBUTE_LIMIT, None), None)  # behind the name
    return tag if last is None else tag[: last.end()]
