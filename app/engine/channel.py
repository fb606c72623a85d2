"""An asyncio end of the seam. Runs in the engine's process."""

import asyncio
import socket

from app.engine.wire import HEADER_BYTES, ConnectionClosed, Received, decode, encode, frame_length


class Channel:
    """A socket whose every wait gives the loop back."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._socket.setblocking(False)
        self._sending = asyncio.Lock()

    async def send(self, request_id: int, message: object, fd: int | None = None) -> None:
        """Send a message and, beside it, a copy of an open descriptor; raises `ConnectionClosed`.

        Tasks may send at the same time: one message is whole before the next begins.
        """
        frame = memoryview(encode(request_id, message))
        loop = asyncio.get_running_loop()
        async with self._sending:
            try:
                if fd is not None:
                    frame = frame[await self._send_with(frame, fd) :]
                await loop.sock_sendall(self._socket, frame)
            except OSError as error:
                raise ConnectionClosed from error

    async def receive(self) -> Received:
        """Wait for the next message; raises `ConnectionClosed` at the end, `FrameInvalid` on nonsense."""
        length = frame_length(await self._receive_exactly(HEADER_BYTES))
        request_id, message = decode(await self._receive_exactly(length))
        return Received(request_id, message)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    async def _send_with(self, frame: memoryview, fd: int) -> int:
        while True:
            try:
                return socket.send_fds(self._socket, [frame], [fd])
            except BlockingIOError:
                await asyncio.sleep(0.001)

    async def _receive_exactly(self, length: int) -> bytes:
        payload = bytearray(length)
        view = memoryview(payload)
        loop = asyncio.get_running_loop()
        while view:
            try:
                count = await loop.sock_recv_into(self._socket, view)
            except OSError as error:
                raise ConnectionClosed from error
            if not count:
                raise ConnectionClosed
            view = view[count:]
        return bytes(payload)
