"""Commands in PowerShell, by the rules of its documentation; nothing here runs PowerShell."""

import pytest

from roadmap.site.blocks.powershell import powershell
from roadmap.site.blocks.words import ShellError


@pytest.mark.parametrize(
    "typed",
    [
        "uv run pytest -q tests/test_posts.py::test_one",
        'curl -i http://127.0.0.1:8000/posts -H "Accept: text/html" -d \'{"title": "Hi"}\'',
        "curl -s \"http://127.0.0.1:8000/posts?page=2&size=1\" | jq -r '.[0].title'",
        'curl -s -w " %{http_code}\\n" http://127.0.0.1:8000/posts',
        'curl http://127.0.0.1:8000/me -H "Authorization: Bearer $TOKEN"',
        "python -c \"print('ready')\" $TOKEN",
    ],
)
def test_what_means_the_same_is_not_written_again(typed: str) -> None:
    assert powershell([typed]) == []


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["curl a \\", "    -d b"], ["curl a -d b"]),
        (["TOKEN=$(curl a | jq -r .b)"], ["$TOKEN = curl a | jq -r .b"]),
        (["NAME='it is'"], ["$NAME = 'it is'"]),
        (["A=1 B=x:y uv run z"],
         ["$env:A = '1'", "$env:B = 'x:y'", "uv run z", "Remove-Item Env:A, Env:B"]),
        (["T=$(A=1 uv run z)"], ["$env:A = '1'", "$T = uv run z", "Remove-Item Env:A"]),
        (['python -c "print(\\"a\\")"'], ["python -c 'print(\"a\")'"]),
        (['python -c "print(\\"it\'s\\")"'], ["python -c 'print(\"it''s\")'"]),
        (["a 'it'\\''s'"], ["a 'it''s'"]),
        (["a 'it\u2019s'"], ["a 'it\u2019\u2019s'"]),
        (['a "\\"$NAME\\""'], ['a "`"$NAME`""']),
        (['a "$NAME:b"x'], ['a "${NAME}:bx"']),
        (['a "\\$5 $NAME"'], ['a "`$5 $NAME"']),
        (["a --b=1.2"], ["a '--b=1.2'"]),
        (["a b,c @d #e {f}"], ["a 'b,c' '@d' '#e' '{f}'"]),
        (["a ''\\ "], ["a ' '"]),
        (["curl a -o /dev/null"], ["curl a -o NUL"]),
    ],
)  # fmt: skip
def test_what_differs_is_written_for_powershell(typed: list[str], read: list[str]) -> None:
    assert powershell(typed) == read


@pytest.mark.parametrize("typed", ["PID=$(curl a)", "Host=$(curl a)", "true=1", "HOME='/'"])
def test_a_variable_that_powershell_keeps_for_itself_is_refused(typed: str) -> None:
    with pytest.raises(ShellError, match="choose another name"):
        powershell([typed])


def test_a_program_over_several_lines_is_one_string() -> None:
    typed = ['uv run python -c "import json; \\', '    print(json.loads(\'{\\"a\\": 1}\'))"']

    assert powershell(typed) == [
        "uv run python -c 'import json; print(json.loads(''{\"a\": 1}''))'"
    ]
