"""The seam: length-prefixed msgpack messages over a socket, blocking end. Used in every process.

A frame is a four-byte big-endian length and a msgpack array `[request id, message name, body]`. Only what the modules
of messages in `app.core` define can be decoded, so a process that a document has taken over can hand over no object.
"""

import array
import inspect
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass

import msgspec

from app.core import (
    answer_messages,
    child_messages,
    conversation_messages,
    evidence_messages,
    file_messages,
    messages,
    model_messages,
    opening_messages,
    page_messages,
    password_messages,
    power_messages,
    receipt_messages,
    rule_messages,
    style_messages,
)

FRAME_LIMIT_BYTES = 512 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_MODULES = (
    answer_messages,
    child_messages,
    conversation_messages,
    evidence_messages,
    file_messages,
    messages,
    model_messages,
    opening_messages,
    page_messages,
    password_messages,
    power_messages,
    receipt_messages,
    rule_messages,
    style_messages,
)
_TYPES = {
    name: cls for module in _MODULES for name, cls in inspect.getmembers(module, inspect.isclass) if is_dataclass(cls)
}


class ConnectionClosed(Exception):
    """The other end is gone."""


class FrameInvalid(Exception):
    """The other end sent what is no message."""


class _Envelope(msgspec.Struct, array_like=True):
    request_id: int
    name: str
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Received:
    """One message; `fd` is an open descriptor that now belongs to the receiver, or None."""

    request_id: int
    message: object
    fd: int | None = None


def encode(request_id: int, message: object) -> bytes:
    """Return the whole frame of a message."""
    body = msgspec.Raw(msgspec.msgpack.encode(message))
    payload = msgspec.msgpack.encode(_Envelope(request_id, type(message).__name__, body))
    if len(payload) > FRAME_LIMIT_BYTES:
        raise FrameInvalid(f"{type(message).__name__} of {len(payload)} bytes")
    return _LENGTH.pack(len(payload)) + payload


def decode(payload: bytes | bytearray) -> tuple[int, object]:
    """Return the request id and the message of a frame's payload.

    Raises:
        FrameInvalid: the payload is no known, well-typed message.
    """
    try:
        envelope = msgspec.msgpack.decode(payload, type=_Envelope)
        return envelope.request_id, msgspec.msgpack.decode(envelope.body, type=_TYPES[envelope.name])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as error:
        raise FrameInvalid(str(error)) from error


def frame_length(header: bytes) -> int:
    """Return the payload's length that a frame's first four bytes announce, or raise `FrameInvalid`."""
    (length,) = _LENGTH.unpack(header)
    if length > FRAME_LIMIT_BYTES:
        raise FrameInvalid(f"a frame of {length} bytes")
    return length


HEADER_BYTES = _LENGTH.size


def take_standard_input() -> socket.socket:
    """Return the socket that the parent gave us as standard input, and leave an empty one in its place."""
    sock = socket.socket(fileno=os.dup(0))
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return sock


class Connection:
    """A blocking end of the seam, for processes and threads that wait for one peer."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        sock.setblocking(True)
        self._sending = threading.Lock()

    @classmethod
    def pair(cls) -> tuple["Connection", "Connection"]:
        """Return two connected ends."""
        left, right = socket.socketpair()
        return cls(left), cls(right)

    def fileno(self) -> int:
        """Return the socket's descriptor, to wait on."""
        return self._socket.fileno()

    def send(self, request_id: int, message: object, fd: int | None = None) -> None:
        """Send a message and, beside it, a copy of an open descriptor.

        Threads may send at the same time: one message is whole before the next begins.
        """
        frame = encode(request_id, message)
        with self._sending:
            try:
                if fd is None:
                    self._socket.sendall(frame)
                else:
                    sent = socket.send_fds(self._socket, [frame], [fd])
                    self._socket.sendall(memoryview(frame)[sent:])
            except OSError as error:
                raise ConnectionClosed from error

    def receive(self) -> Received:
        """Wait for the next message.

        Raises:
            ConnectionClosed: the other end is gone.
            FrameInvalid: the other end sent what is no message.
        """
        header, fd = self._receive_header()
        length = frame_length(header)
        request_id, message = decode(_receive_exactly(length, self._socket.recv_into))
        return Received(request_id, message, fd)

    def poll(self, timeout_s: float = 0.0) -> bool:
        """Return whether a message, or the end, waits."""
        return bool(select.select([self._socket], [], [], timeout_s)[0])

    def shut_down(self) -> None:
        """End both directions, so that a thread that waits in `receive` wakes with `ConnectionClosed`."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other end was faster

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _receive_header(self) -> tuple[bytes, int | None]:
        fds = array.array("i")
        try:
            header, ancillary, _flags, _address = self._socket.recvmsg(HEADER_BYTES, socket.CMSG_SPACE(fds.itemsize))
        except OSError as error:
            raise ConnectionClosed from error
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(content[: fds.itemsize])
        if not header:
            raise ConnectionClosed
        if len(header) < HEADER_BYTES:
            header += bytes(_receive_exactly(HEADER_BYTES - len(header), self._socket.recv_into))
        return header, fds[0] if fds else None


def _receive_exactly(length: int, receive_into: Callable[[memoryview], int]) -> bytearray:
    payload = bytearray(length)
    view = memoryview(payload)
    while view:
        try:
            count = receive_into(view)
        except OSError as error:
            raise ConnectionClosed from error
        if not count:
            raise ConnectionClosed
        view = view[count:]
    return payload
