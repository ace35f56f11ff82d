"""The server gets SIGTERM in the middle of an upload, while a client listens at `/ws`."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from httpx2 import Client, HTTPTransport
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ANN = {"username": "ann", "password": "correct horse"}
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
SERVER = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "8123"]
FOLDER = Path(mkdtemp())
LOG, PICTURE = FOLDER / "stop.log", FOLDER / "sea.png"


def body_with_a_pause() -> Iterator[bytes]:
    yield HEAD
    server.terminate()
    while "Shutting down" not in LOG.read_text():
        time.sleep(0.1)
    yield PICTURE.read_bytes() + b"\r\n--x--\r\n"


Image.new("RGB", (600, 400), "teal").save(PICTURE)
with LOG.open("w") as log, subprocess.Popen(SERVER, stdout=log, stderr=log) as server:
    address = "http://127.0.0.1:8123/api/v1"
    client = Client(base_url=address, transport=HTTPTransport(retries=8), timeout=60)
    client.post("/users", json=ANN | {"email": "ann@example.com"})
    token = client.post("/auth/token", data=ANN).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    client.post("/posts", json={"title": "Hello", "content": "World"})

    with connect("ws://127.0.0.1:8123/ws") as listener:
        answer = client.post("/posts/1/image", content=body_with_a_pause(), headers=FORM)
        print("the upload:", answer.status_code)
        try:
            while True:
                listener.recv()
        except ConnectionClosed:
            print("the WebSocket was closed with", listener.close_code)
    client.close()
print("the server ended with", server.returncode)
