"""Ten wrong logins of one visitor and one of another, behind a proxy."""

import os
import subprocess
import sys

from httpx2 import Client, HTTPTransport

GUESS = {"username": "ann", "password": "a guess"}
SERVER = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "8123"]
API = "http://127.0.0.1:8123/api/v1"
QUIET = subprocess.DEVNULL


def logins(option: str) -> int:
    """What the second visitor hears. The proxy is this script: it names the visitors."""
    settings = os.environ | {"RATE_LIMIT_LOGIN": "10/minute"}
    server = subprocess.Popen([*SERVER, option], env=settings, stdout=QUIET, stderr=QUIET)
    with Client(base_url=API, transport=HTTPTransport(retries=8), timeout=60) as proxy:
        for visitor in ["203.0.113.1"] * 10 + ["203.0.113.2"]:
            header = {"X-Forwarded-For": visitor}
            status = proxy.post("/auth/token", data=GUESS, headers=header).status_code
    server.terminate()
    server.wait()
    return status


print("the proxy is not trusted:", logins("--forwarded-allow-ips=10.0.0.1"))
print("the proxy is trusted:", logins("--forwarded-allow-ips=127.0.0.1"))
