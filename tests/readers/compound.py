"""Writes compound files, the container of old office files, with streams in storages. For tests."""

import struct
from dataclasses import dataclass, field
from typing import TypeAlias

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Tree: TypeAlias = "dict[str, bytes | Tree]"


@dataclass
class Entry:
    """A line of the directory."""

    name: str
    kind: int
    content: bytes = b""
    start: int = END
    child: int = FREE
    right: int = FREE
    size: int = 0


@dataclass
class Sectors:
    """Sectors of one size, with their chains."""

    size: int
    chains: list[int] = field(default_factory=list[int])
    content: bytearray = field(default_factory=bytearray)

    def add(self, content: bytes) -> int:
        """Add content and return where its chain begins."""
        if not content:
            return END
        start = len(self.chains)
        count = -(-len(content) // self.size)
        self.chains += [*range(start + 1, start + count), END]
        self.content += content.ljust(count * self.size, b"\0")
        return start


def compound(tree: Tree) -> bytes:
    """Return a compound file of version 3."""
    entries = [Entry("Root Entry", 5)]
    _enter(entries, 0, tree)
    big, small = Sectors(SECTOR), Sectors(MINI)
    for entry in entries[1:]:
        if entry.kind == 2:
            entry.size = len(entry.content)
            entry.start = (small if entry.size < CUTOFF else big).add(entry.content)
    entries[0].size, entries[0].start = len(small.content), big.add(bytes(small.content))
    mini_fat = big.add(b"".join(struct.pack("<I", one) for one in small.chains).ljust(SECTOR, b"\xff"))
    directory = big.add(b"".join(map(_line, entries)))
    fat_sectors = -(-(len(big.chains) + 8) // (SECTOR // 4 - 1))
    fat_start = len(big.chains)
    chains = [*big.chains, *[FAT] * fat_sectors]
    fat = b"".join(struct.pack("<I", one) for one in chains).ljust(fat_sectors * SECTOR, b"\xff")
    places = [fat_start + n if n < fat_sectors else FREE for n in range(109)]
    header = struct.pack(
        "<8s16xHHHHH6x9I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory),
        *(0, CUTOFF, mini_fat, -(-len(small.chains) // 128) if small.chains else 0, END, 0),
    )
    return header + struct.pack("<109I", *places) + bytes(big.content) + fat


def _enter(entries: list[Entry], parent: int, tree: Tree) -> None:
    previous = -1
    for name, content in tree.items():
        entries.append(Entry(name, 2, content) if isinstance(content, bytes) else Entry(name, 1))
        place = len(entries) - 1
        if previous < 0:
            entries[parent].child = place
        else:
            entries[previous].right = place
        previous = place
        if not isinstance(content, bytes):
            _enter(entries, place, content)


def _line(entry: Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    start = 0 if entry.kind == 1 else entry.start
    return struct.pack(
        "<64sHBBIII36xIQ",
        name.ljust(64, b"\0"),
        len(name),
        entry.kind,
        1,
        FREE,
        entry.right,
        entry.child,
        start,
        entry.size,
    )
