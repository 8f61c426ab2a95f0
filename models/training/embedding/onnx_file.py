"""Writes ONNX files, and reads the constants back: just enough of the format's protocol buffers for a small graph, so that no package is needed.

Numbers of fields and types are those of onnx.proto (ONNX IR version 8); the wire format is that of Protocol Buffers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

FLOAT, UINT8, INT64 = 1, 2, 7
_TYPES = {np.dtype(np.float32): FLOAT, np.dtype(np.uint8): UINT8, np.dtype(np.int64): INT64}
IR_VERSION = 8
OPERATORS = 14
"""Version of the operator set."""


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def tensor(name: str, value: np.ndarray) -> bytes:
    """A constant of the graph (TensorProto). Raises KeyError for a type other than float32, uint8 and int64."""
    dimensions = b"".join(_number(1, size) for size in value.shape)
    little = value.astype(value.dtype.newbyteorder("<"), copy=False)
    return dimensions + _number(2, _TYPES[value.dtype]) + _bytes(8, name) + _bytes(9, little.tobytes())


def node(operator: str, inputs: Iterable[str], output: str, **attributes: int) -> bytes:
    """One operation with one output (NodeProto); attributes are integers."""
    parts = [_bytes(1, one) for one in inputs] + [_bytes(2, output), _bytes(4, operator)]
    for name, value in attributes.items():
        parts.append(_bytes(5, _bytes(1, name) + _number(3, value) + _number(20, 2)))
    return b"".join(parts)


def value(name: str, kind: int, shape: Iterable[int | str]) -> bytes:
    """An input or output (ValueInfoProto); a dimension is a size, or a name where any size goes."""
    sizes = b"".join(_bytes(1, _number(1, size) if isinstance(size, int) else _bytes(2, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def model(
    name: str, nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """The file's content (ModelProto)."""
    fields = ((1, nodes), (5, constants), (11, inputs), (12, outputs))
    graph = _bytes(2, name) + b"".join(_bytes(field, one) for field, many in fields for one in many)
    operators = _bytes(1, "") + _number(2, OPERATORS)
    return _number(1, IR_VERSION) + _bytes(2, "docent") + _bytes(7, graph) + _bytes(8, operators)


def constants(file: bytes) -> dict[str, np.ndarray]:
    """The constants of a model that this module wrote, by name. Raises KeyError for one of another type."""
    found: dict[str, np.ndarray] = {}
    kinds = {number: kind for kind, number in _TYPES.items()}
    for field, content in _fields(memoryview(file)):
        if field != 7:
            continue
        for part, constant in _fields(content):
            if part != 5:
                continue
            shape: list[int] = []
            name, kind, raw = "", 0, b""
            for number, value in _fields(constant):
                if number == 1:
                    # One by one as written here, or packed into one field.
                    shape += [value] if isinstance(value, int) else _varints(value)
                elif number == 2:
                    kind = value
                elif number == 8:
                    name = bytes(value).decode()
                elif number == 9:
                    raw = bytes(value)
            found[name] = np.frombuffer(raw, kinds[kind].newbyteorder("<")).reshape(shape)
    return found


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """(value, where the next field begins)."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _varints(data: memoryview) -> list[int]:
    values: list[int] = []
    at = 0
    while at < len(data):
        value, at = _read_varint(data, at)
        values.append(value)
    return values


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(number, content) of a message's fields; numbers and bytes, the only kinds that occur above."""
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        if key & 7 == 0:
            value, at = _read_varint(data, at)
            yield key >> 3, value
        else:
            size, at = _read_varint(data, at)
            yield key >> 3, data[at : at + size]
            at += size
