"""Two workers without REDIS_URL: each has a cache of its own."""

import os
import subprocess
import sys

from httpx2 import Client, HTTPTransport

ANN = {"username": "ann", "password": "correct horse"}
POST = {"title": "Hello", "content": "World"}
SERVER = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "8123", "--workers", "2"]
API = "http://127.0.0.1:8123/api/v1"


def totals() -> list[int]:
    """What twenty visitors are told, each on a connection of their own."""
    found = set()
    for _ in range(20):
        with Client(base_url=API, transport=HTTPTransport(retries=8), timeout=60) as visitor:
            found.add(visitor.get("/posts").json()["total"])
    return sorted(found)


settings = os.environ | {"JWT_SECRET": "one-for-both-workers-and-nothing-else"}
QUIET = subprocess.DEVNULL
server = subprocess.Popen(SERVER, env=settings, stdout=QUIET, stderr=QUIET)
with Client(base_url=API, transport=HTTPTransport(retries=8), timeout=60) as client:
    client.post("/users", json=ANN | {"email": "ann@example.com"})
    token = client.post("/auth/token", data=ANN).json()["access_token"]
    totals()  # now each worker has the list in its cache
    client.post("/posts", json=POST, headers={"Authorization": f"Bearer {token}"})
    print("after the first post:", totals())
server.terminate()
server.wait()
