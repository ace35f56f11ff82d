"""Image files, made by hand: the checks need no library that the folder under test may lack."""

import base64
import struct
import zlib

BOUNDARY = "a-boundary-that-no-file-holds"


def png(width: int = 4, height: int = 4, *, lines: int | None = None) -> bytes:
    """A grey PNG; with fewer `lines` than its height it promises more than it holds."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(width + 1) * (height if lines is None else lines))
    signature = b"\x89PNG\r\n\x1a\n"
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return signature + b"".join(parts)


def gif(frames: int = 1) -> bytes:
    """An animation of one pixel."""
    frame = bytes.fromhex("2c 0000 0000 0100 0100 00 02 02 4401 00")
    header = b"GIF89a" + bytes.fromhex("0100 0100 80 00 00 000000 ffffff")
    return header + frame * frames + b";"


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////"
    "////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
)
WEBP = base64.b64decode("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEADMDOJaQAA3AA/uxnAAA=")


def part(content: bytes, *, name: str = "file", filename: str = "a.png") -> bytes:
    """One part of a form, a file."""
    said = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    return f"--{BOUNDARY}\r\n{said}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """The body that holds these parts."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
