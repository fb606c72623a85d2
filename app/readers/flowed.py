"""Paragraphs of mails that are sent in lines (format=flowed, RFC 3676), as they were. Pure; reader's process."""

import re

_QUOTE = re.compile(">*")
_SIGNATURE = "-- "


def unflowed(text: str, *, deletes_space: bool = False) -> str:
    """Return a text with the lines of each paragraph as one; `deletes_space` if the space at their ends is no space."""
    lines: list[str] = []
    depth_open = -1  # how deep the line is quoted that goes on, -1 if none does
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(_QUOTE.match(line)[0])  # pyright: ignore[reportOptionalSubscript] - it matches nothing, too
        words = line[depth:].removeprefix(" ")
        is_signature = words == _SIGNATURE
        if depth == depth_open and not is_signature:
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        goes_on = words.endswith(" ") and not is_signature
        if goes_on and deletes_space:
            lines[-1] = lines[-1][:-1]
        depth_open = depth if goes_on else -1
    return "\n".join(lines)
