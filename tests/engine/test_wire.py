"""Messages cross the seam unchanged, nothing else does."""

import asyncio
import os
import socket
import struct
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.child_messages import ReadFile, StopGenerating
from app.core.messages import EvidenceFound, Failed
from app.engine.channel import Channel
from app.engine.wire import FRAME_LIMIT_BYTES, Connection, ConnectionClosed, FrameInvalid, decode, encode, frame_length
from tests.fakes import make_hit


def test_a_message_arrives_as_it_was_sent() -> None:
    left, right = Connection.pair()
    message = EvidenceFound((make_hit("The rent is 900 euros."),), 12.5)
    left.send(7, message)
    received = right.receive()
    assert (received.request_id, received.message, received.fd) == (7, message, None)
    left.close()
    right.close()


def test_an_open_file_travels_beside_its_message(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("here")
    left, right = Connection.pair()
    with path.open("rb") as file:
        left.send(1, ReadFile("a.txt"), file.fileno())
    received = right.receive()
    assert received.fd is not None
    with os.fdopen(received.fd, "rb") as file:
        assert file.read() == b"here"
    left.close()
    right.close()


LONG = Failed("", {"detail": "x" * 4_000_000})  # more than a socket takes at once
SHORT = Failed("", {"detail": "y"})


def test_threads_that_send_at_once_wait_for_each_other() -> None:
    left, right = Connection.pair()
    senders = [threading.Thread(target=left.send, args=(number, LONG)) for number in range(1, 5)]
    for sender in senders:
        sender.start()

    received = [right.receive() for _ in senders]

    assert {one.request_id for one in received} == {1, 2, 3, 4}
    assert all(one.message == LONG for one in received)
    for sender in senders:
        sender.join()
    left.close()
    right.close()


def test_tasks_that_send_at_once_wait_for_each_other() -> None:
    async def exchange() -> list[object]:
        near, far = socket.socketpair()
        sender, receiver = Channel(near), Channel(far)
        sending = asyncio.gather(*(sender.send(number, message) for number, message in enumerate((LONG, SHORT, LONG))))
        messages = [(await receiver.receive()).message for _ in range(3)]
        await sending
        sender.close()
        receiver.close()
        return messages

    assert asyncio.run(exchange()) == [LONG, SHORT, LONG]


def test_the_end_of_the_other_process_is_noticed() -> None:
    left, right = Connection.pair()
    left.close()
    assert right.poll(0)
    with pytest.raises(ConnectionClosed):
        right.receive()
    right.close()


def test_poll_tells_whether_something_waits() -> None:
    left, right = Connection.pair()
    assert not right.poll(0)
    left.send(1, StopGenerating())
    assert right.poll(0)
    left.close()
    right.close()


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameInvalid):
        frame_length(struct.pack(">I", FRAME_LIMIT_BYTES + 1))


@given(st.binary(max_size=200))
@example(b"\x93\x00\xa1\xff\xc0")  # a name that is no UTF-8
def test_any_bytes_are_a_message_or_an_invalid_frame(payload: bytes) -> None:
    try:
        decode(payload)
    except FrameInvalid:
        return
    assert payload


def test_only_known_messages_are_decoded() -> None:
    frame = encode(1, Failed("X", {"a": "b"}))[4:]
    with pytest.raises(FrameInvalid):
        decode(frame.replace(b"Failed", b"Broken"))
