"""A user signs up, and the server dies before the mail is sent."""

import asyncio
import subprocess
import sys

import uvicorn
from httpx2 import Client, HTTPTransport

from app import background, main

DAN = {"username": "dan", "email": "dan@example.com", "password": "correct horse"}


async def send_slowly(user_id: int) -> None:
    """The task, with a mail server that takes a minute."""
    await asyncio.sleep(60)
    print("mail sent")


if sys.argv[1:] == ["server"]:
    background.send_welcome_email = send_slowly
    uvicorn.run(main.app, port=8123, log_level="error")
else:
    server = subprocess.Popen(
        [sys.executable, __file__, "server"], stdout=subprocess.PIPE, text=True
    )
    client = Client(transport=HTTPTransport(retries=8), timeout=60)
    answer = client.post("http://127.0.0.1:8123/api/v1/users", json=DAN)
    server.kill()  # as `kill -9` does
    print(answer.status_code, server.communicate()[0] or "and no mail")
