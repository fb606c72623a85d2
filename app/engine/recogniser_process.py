"""The recogniser's process: takes open files with scanned pages and gives back their text, jailed.

It may read one folder, the one with Tesseract's models, and lets everything else on the computer go first. How long a
page may take, the engine rules.
"""

import os
from collections.abc import Sequence

from app.core.child_messages import FileRefused, PageRecognised, ReaderReady, RecognisePage
from app.core.messages import Failed
from app.core.passages import passages_of
from app.engine.reader_process import document_in, refusal_of, warm
from app.engine.sandbox import lock_down
from app.engine.wire import Connection, ConnectionClosed
from app.readers import pdf
from app.readers.recognition import recognise
from app.readers.sentences import sentences
from app.readers.taking_out import TakingOut

MEMORY_BYTES = 3 << 30
_NICE = 10


def run(connection: Connection, arguments: Sequence[str]) -> None:
    """Serve the engine until it is gone; the arguments are Tesseract's folder and its languages as in "eng+deu"."""
    tessdata, languages = arguments
    pdf.silence()
    warm()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    connection.send(0, ReaderReady(lock_down(memory_bytes=MEMORY_BYTES, readable=(os.fsencode(tessdata),))))
    taking_out = TakingOut()
    while True:
        try:
            received = connection.receive()
        except ConnectionClosed:
            return
        answer = _answer(received.message, received.fd, languages, tessdata, taking_out)
        connection.send(received.request_id, answer)


def _answer(
    message: object, fd: int | None, languages: str, tessdata: str, taking_out: TakingOut
) -> PageRecognised | FileRefused | Failed:
    if fd is None or not isinstance(message, RecognisePage):
        return Failed("UsageWrong", {"detail": f"{type(message).__name__} to a recogniser"})
    try:
        with open(fd, "rb") as file:
            document = document_in(file, message, taking_out)
            page, words = recognise(document, message.page, languages, tessdata, message.password)
        return PageRecognised(page, passages_of((page,), sentences) if words else (), words)
    except Exception as error:  # whatever a library says about a page, the next one is read
        return refusal_of(error)
