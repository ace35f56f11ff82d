"""Files to upload: images, and what only looks like one."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def image(kind: str = "PNG", size: tuple[int, int] = (8, 8), **options: Any) -> bytes:
    """A file of this kind, as Pillow writes it."""
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG with one black line, however many there should be."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    line = zlib.compress(bytes(width + 1))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", line) + chunk(b"IEND", b"")
    )


def gif_of_frames(number: int) -> bytes:
    """An animation of one pixel."""
    frame = bytes.fromhex("2c 0000 0000 0100 0100 00 02 02 4401 00")
    header = b"GIF89a" + bytes.fromhex("0100 0100 80 00 00 000000 ffffff")
    return header + frame * number + b";"


def rotated_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn
    return image("JPEG", exif=exif)


def two_pictures() -> bytes:
    """A JPEG as some phones make it."""
    file = BytesIO()
    picture = Image.new("RGB", (8, 8), "teal")
    picture.save(file, "MPO", save_all=True, append_images=[picture])
    return file.getvalue()


PNG = image()
GIF = gif_of_frames(1)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
