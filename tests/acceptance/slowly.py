"""Uploads that stop in the middle until somebody lets them go on."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse

from roadmap.server import HOST, Server

from .blog import Blog, Body
from .images import FORM, form, part

WITHIN = 60.0


@dataclass(frozen=True)
class SlowUpload:
    """An upload that the app reads: it waits for the `rest` of the body."""

    client: socket.socket
    rest: bytes

    def finish(self) -> None:
        """Send the rest."""
        self.client.sendall(self.rest)

    def status(self) -> int:
        """The status of the answer."""
        answer = HTTPResponse(self.client)
        answer.begin()
        return answer.status


@contextmanager
def begun(server: Server, blog: Blog, post: Body, content: bytes) -> Iterator[SlowUpload]:
    """An upload of which half has arrived. That the app reads no body is an AssertionError."""
    body = form(part(content))
    said = {**FORM, **blog.headers, "Host": HOST, "Content-Length": str(len(body))}
    said["Expect"] = "100-continue"  # the server answers this when the app begins to read
    path = f"{blog.prefix}/posts/{post['id']}/image"
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    half = len(body) // 2
    with socket.create_connection((HOST, server.port), timeout=WITHIN) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        first = client.recv(4096).partition(b"\r\n")[0]
        assert b" 100 " in first, f"POST {path} reads no body: {first!r}"
        client.sendall(body[:half])
        yield SlowUpload(client, body[half:])
