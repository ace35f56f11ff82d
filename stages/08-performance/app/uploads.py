"""Images: how an upload is read and checked, and where it is stored."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from PIL import Image
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from app.errors import MEANINGS
from app.settings import settings

logger = logging.getLogger(__name__)

MAX_PIXELS = 25_000_000

# Bytes. A body holds more than its file: the lines around it, which name it.
MAX_AROUND_FILE = 10_000

# MPO is what Pillow calls a JPEG with several pictures in it. Some phones make these.
SUFFIXES = {"PNG": "png", "JPEG": "jpeg", "MPO": "jpeg", "WEBP": "webp", "GIF": "gif"}

MEDIA_TYPES = {suffix: f"image/{suffix}" for suffix in SUFFIXES.values()}

# For the documentation: FastAPI knows neither the form, which we read ourselves, nor the files.
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": FILE},
        "required": ["file"],
        "additionalProperties": False,
    },
    "encoding": {"file": {"contentType": ", ".join(MEDIA_TYPES.values())}},
}
BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": FORM}}}
IMAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media_type: {"schema": FILE} for media_type in MEDIA_TYPES.values()}}
}
# A browser may not guess another type, and has to ask again: the next image has the same address.
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
NOT_ONE_FILE = "The form should have one part: a file with the name `file`"

# Decoding needs memory and a core, like hashing: few images at a time.
decoding = ThreadPoolExecutor(
    max_workers=max(1, (os.cpu_count() or 1) - 1), thread_name_prefix="decoding"
)


@dataclass(frozen=True)
class Upload:
    """The bytes of an image, and the suffix that says what they are."""

    content: bytes
    suffix: str


async def read_upload(request: Request) -> Upload:
    """The image in the body of a request. 400, 413, 415 or 422 if there is no such image."""
    content = await read_file(request)
    suffix = await asyncio.get_running_loop().run_in_executor(
        decoding, copy_context().run, suffix_of, content
    )
    return Upload(content, suffix)


class LimitedRequest(Request):
    """A request whose body may be as large as an upload. A longer one is read no further."""

    async def stream(self) -> AsyncGenerator[bytes]:
        """The pieces of the body. 413 as soon as there are too many bytes: headers can lie."""
        received = 0
        async for piece in super().stream():
            received += len(piece)
            if received > settings.max_upload_bytes + MAX_AROUND_FILE:
                raise HTTPException(413, MEANINGS[413])
            yield piece


async def read_file(request: Request) -> bytes:
    """The one file of a form."""
    try:
        async with LimitedRequest(request.scope, request.receive).form(max_files=1) as form:
            file = form.get("file")
            if len(form.multi_items()) != 1 or not isinstance(file, UploadFile):
                error = {"loc": ("body", "file"), "msg": NOT_ONE_FILE, "type": "value_error"}
                raise RequestValidationError([error])
            content = await file.read()
    except ClientDisconnect:
        raise HTTPException(400, MEANINGS[400]) from None
    if len(content) > settings.max_upload_bytes:
        raise HTTPException(413, MEANINGS[413])
    return content


def suffix_of(content: bytes) -> str:
    """The suffix for the type that the content has. Its name and declared type can be lies.

    Decodes the first frame: a header alone may be followed by anything.
    """
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG", "WEBP", "GIF"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise HTTPException(413, f"An image has at most {MAX_PIXELS} pixels")
            image.load()
            return SUFFIXES[image.format or ""]
    except HTTPException:
        raise
    except Exception:  # a file that breaks the decoder is not an image either
        raise HTTPException(415, MEANINGS[415]) from None


async def store(upload: Upload) -> str:
    """Write a new file in MEDIA_DIR. Returns its name, which the server makes."""
    name = f"{secrets.token_hex(16)}.{upload.suffix}"
    await asyncio.to_thread(write, name, upload.content)
    return name


def write(name: str, content: bytes) -> None:
    """A file has its name only when it is complete. An OSError leaves no file behind."""
    settings.media_dir.mkdir(parents=True, exist_ok=True)
    unfinished = settings.media_dir / f"{name}.part"
    try:
        unfinished.write_bytes(content)
        unfinished.rename(settings.media_dir / name)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


async def answer_with(name: str | None) -> Response:
    """The file. 404 if there is none, or if somebody has just removed it."""
    try:
        if name is None:
            raise FileNotFoundError
        content = await asyncio.to_thread((settings.media_dir / name).read_bytes)
    except FileNotFoundError:
        raise HTTPException(404, "This post has no image") from None
    suffix = name.rpartition(".")[2]
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=HEADERS)


async def remove(name: str | None) -> None:
    """Remove the file of a former image, if there was one. Call it after the commit."""
    if not name:
        return
    try:
        await asyncio.to_thread((settings.media_dir / name).unlink, missing_ok=True)
    except OSError:  # the row is right, so the answer is too
        logger.exception("The file %s stays in MEDIA_DIR", name)
