"""Load: wrk asks one address for some seconds, and says how it went."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from roadmap.course import CourseError

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Figures:
    """Requests a second, milliseconds, and the requests that failed."""

    rps: float
    p50: float
    p99: float
    most: float
    errors: int


@dataclass(frozen=True)
class Ask:
    """What wrk asks: an address, with headers, and a body where there is one.

    `{n}` in a body becomes another number at each request.
    """

    url: str
    headers: Mapping[str, str]
    body: str | None = None
    kind: str = "application/json"
    seconds: int = 2
    connections: int = 8

    def script(self) -> str:
        """The same for wrk, in Lua."""
        lines = [f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in self.headers.items()]
        if self.body is not None:
            lines += [
                'wrk.method = "POST"',
                f'wrk.headers["Content-Type"] = "{self.kind}"',
                "n = 0",
                "function request()",
                "  n = n + 1",
                f'  return wrk.format(nil, nil, nil, (string.gsub([[{self.body}]], "{{n}}", n)))',
                "end",
            ]
        return "\n".join(lines)


def need_wrk() -> None:
    """Raise CourseError without wrk."""
    if shutil.which("wrk") is None:
        raise CourseError("the benchmark needs wrk: `apt-get install wrk` or `brew install wrk`")


def ask(what: Ask, folder: Path, core: int | None) -> Figures:
    """The figures of some seconds of load, from one core. Raises CourseError if wrk fails."""
    script = folder / "ask.lua"
    script.write_text(what.script(), encoding="utf-8")
    pin = [] if core is None else ["taskset", "-c", str(core)]
    command = [
        *pin, "wrk", "-t1", f"-c{what.connections}", f"-d{what.seconds}s", "--timeout=10s",
        "--latency", "-s", str(script), what.url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if done.returncode or rate is None:
        raise CourseError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    errors = re.findall(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    errors += re.findall(r"(?:connect|read|write|timeout) (\d+)", done.stdout)
    return Figures(
        rps=float(rate[1]),
        p50=_milliseconds(r"(?m)^\s+50%\s+(\S+)", done.stdout),
        p99=_milliseconds(r"(?m)^\s+99%\s+(\S+)", done.stdout),
        most=_milliseconds(r"Latency\s+\S+\s+\S+\s+(\S+)", done.stdout),
        errors=sum(map(int, errors)),
    )


def _milliseconds(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    number, unit = re.findall(r"([\d.]+)(us|ms|s|m)", found[1])[0]
    return float(number) * UNITS[unit]


def middle(rounds: list[Figures]) -> Figures:
    """The medians of several rounds, the longest wait of all, and all errors."""
    return Figures(
        rps=median(one.rps for one in rounds),
        p50=median(one.p50 for one in rounds),
        p99=median(one.p99 for one in rounds),
        most=max(one.most for one in rounds),
        errors=sum(one.errors for one in rounds),
    )
