"""An answer's tokens joined to text: characters that span tokens, and strings that end the answer. Llama process."""

import codecs
from collections.abc import Iterable


class TextStream:
    """Turns the bytes of one token after the other into text that can be shown."""

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = tuple(stops)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.ended = False

    def feed(self, piece: bytes) -> str:
        """Return the text that this token makes certain; sets `ended` when a stop string has come."""
        return self._take(self._decoder.decode(piece))

    def flush(self) -> str:
        """Return what was still held back, at the end of the answer."""
        text = self._take(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return text

    def _take(self, text: str) -> str:
        if self.ended:
            return ""
        self._held += text
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        self.ended = bool(found)
        certain = min(found) if found else len(self._held) - self._possible_start()
        text, self._held = self._held[:certain], "" if found else self._held[certain:]
        return text

    def _possible_start(self) -> int:
        """Return how many characters at the end may be the start of a stop string."""
        longest = 0
        for stop in self._stops:
            for length in range(min(len(stop) - 1, len(self._held)), longest, -1):
                if self._held.endswith(stop[:length]):
                    longest = length
                    break
        return longest
