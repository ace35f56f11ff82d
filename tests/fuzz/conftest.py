"""How long to look, and where to begin."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fuzz", "requests made up from the schema")
    group.addoption(
        "--fuzz-examples", metavar="N", type=int, default=25, help="test cases per operation"
    )
    group.addoption(
        "--fuzz-seed", metavar="N", type=int, help="explore from here (default: always the same)"
    )
