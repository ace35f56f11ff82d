"""One post, 20 clients, and a server of two processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from httpx2 import Client, HTTPTransport
from websockets.sync.client import ClientConnection, connect

ANN = {"username": "ann", "password": "correct horse"}
SERVER = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "8123", "--workers", "2"]


def hears(listener: ClientConnection) -> bool:
    try:
        listener.recv(timeout=5)
    except TimeoutError:
        return False
    return True


with subprocess.Popen(SERVER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
    address = "http://127.0.0.1:8123/api/v1"
    client = Client(base_url=address, transport=HTTPTransport(retries=8), timeout=60)
    client.post("/users", json=ANN | {"email": "ann@example.com"})
    token = client.post("/auth/token", data=ANN).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    with ExitStack() as stack:
        websockets = [connect("ws://127.0.0.1:8123/ws", open_timeout=60) for _ in range(20)]
        listeners = [stack.enter_context(websocket) for websocket in websockets]

        client.post("/posts", json={"title": "Hello", "content": "World"})

        heard = sum(ThreadPoolExecutor(20).map(hears, listeners))
    print("some of them hear it:", heard > 0, "| all of them:", heard == 20)
    server.terminate()
