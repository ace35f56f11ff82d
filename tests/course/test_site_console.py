"""Console blocks: what is typed, what answers, and the shell between them."""

import json
import sys
from pathlib import Path

import pytest

from roadmap.site.blocks.console import Target, agrees, target, turns, written
from roadmap.site.blocks.terminal import console_html
from roadmap.site.live.shell import Shell, ShellError
from roadmap.site.pages import Block, PageError

from .small_course import PAGE, SmallCourse

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1"


def block(body: str) -> Block:
    return Block("console", body, {}, "docs/a.md", 10)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path, lambda: Path(sys.executable), "127.0.0.1:5555", {"NAME": "ann"})


def test_a_block_is_commands_with_their_answers() -> None:
    first, second = turns(block("$ curl a \\\n    -i\nHTTP\n\n{}\n$ curl b"))

    assert (first.command, first.answer, first.line) == ("curl a -i", ("HTTP", "", "{}"), 1)
    assert (second.command, second.answer, second.line) == ("curl b", (), 6)


def test_all_commands_are_shown_for_powershell_if_one_differs(tmp_path: Path) -> None:
    course = SmallCourse(tmp_path)
    course.write(PAGE, "```console\n$ A=1 uv run z\n$ uv run y\n```\n")
    page = course.pages[0]

    html = console_html(page, page.blocks[0]).split("In PowerShell")[1]

    assert "$env:A = " in html
    assert "uv run y" in html


def test_a_block_begins_with_a_command() -> None:
    with pytest.raises(PageError, match=r"docs/a\.md:11: a console block begins with a command"):
        turns(block("curl a"))


def asked(**options: str) -> Target:
    return target(Block("console", "$ a", options, "docs/a.md", 10))


def test_a_block_names_its_server_its_settings_and_whose_tests_are_there() -> None:
    assert asked() == Target("stage", {})
    assert asked(server="before", env="A=1 B=x=y") == Target("before", {"A": "1", "B": "x=y"})
    assert asked(server="here", tests="yes") == Target("here", {}, tests=True)


@pytest.mark.parametrize(
    "options",
    [{"tests": "yes"}, {"tests": "yes", "server": "before"}, {"tests": "no", "server": "here"}],
)
def test_the_finished_tests_come_to_the_code_that_is_typed_so_far_alone(
    options: dict[str, str],
) -> None:
    with pytest.raises(PageError, match=r'`tests` is written tests="yes", in a block with server='):
        asked(**options)


def test_answers_can_be_written_anew() -> None:
    old = block("$ curl a \\\n    -i\nold\n$ curl b\nold")

    assert written(old, [["new", ""], []]) == ["$ curl a \\", "    -i", "new", "", "$ curl b"]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ('{"at":"2026-01-01T10:00:00.123Z"}', '{"at":"2027-12-31T23:59:59Z"}'),
        ("date: Sun, 22 Nov 2026 13:46:51 GMT", "date: Mon, 23 Nov 2026 01:00:00 GMT"),
        ("x-request-id: 123e4567-e89b-12d3-a456-426614174000",
         "x-request-id: 00000000-e89b-12d3-a456-426614174000"),
        (f'{{"access_token":"{TOKEN}"}}', f'{{"access_token":"{TOKEN}x"}}'),
        ('{"access_token":"eyJhbGciOi…"}', f'{{"access_token":"{TOKEN}"}}'),
        ("101 passed in 6.03s", "101 passed in 0.4s"),
        ("content-length: 128", "content-length: 125"),
        ('{"id":1,…}', '{"id":1,"title":"Hello"}'),
    ],
)  # fmt: skip
def test_what_varies_is_no_difference(one: str, another: str) -> None:
    assert agrees([one], [another])


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (["100 passed in 1s"], ["101 passed in 1s"]),
        (["HTTP/1.1 200 OK"], ["HTTP/1.1 201 Created"]),
        (['{"id":1}'], ['{"id":2}']),
        ([], ["{}"]),
        (["{}"], []),
        (["first", "…"], ["second"]),
    ],
)
def test_all_else_is_a_difference(one: list[str], another: list[str]) -> None:
    assert not agrees(one, another)


def test_dots_alone_stand_for_any_lines() -> None:
    assert agrees(["first", "…", "last"], ["first", "a", "b", "last"])
    assert agrees(["first", "…", "last"], ["first", "last"])


def test_python_and_pipes_run(shell: Shell) -> None:
    assert shell.run("""python -c "print('{}')" | jq""") == ["{}"]
    assert shell.run("""uv run python -c "import os; print(os.environ['NAME'])" """) == ["ann"]


def test_a_variable_is_set_and_read(shell: Shell) -> None:
    shell.run(
        """ID=$(python -c 'print({"a": [7]}.__repr__().replace(chr(39), chr(34)))' | jq .a)"""
    )

    assert json.loads(shell.variables["ID"]) == [7]


def test_a_variable_is_not_replaced_between_single_quotes(shell: Shell) -> None:
    shell.run("A=1")

    assert shell.run("""python -c 'print("$A")'""") == ["$A"]
    assert shell.run('python -c "print($A + 1)"') == ["2"]


def test_an_apostrophe_between_double_quotes_is_a_letter(shell: Shell) -> None:
    shell.run("NAME=ann")

    assert shell.run("""python -c "print(\\"it's $NAME's\\")" """) == ["it's ann's"]


def test_a_value_with_quotes_stays_one_word_between_double_quotes(shell: Shell) -> None:
    shell.variables["BODY"] = '{"a": "b c"}'

    assert shell.run("""python -c "import sys; print(sys.argv[1])" "$BODY" """) == ['{"a": "b c"}']


def test_the_settings_of_a_persons_own_curl_change_nothing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".curlrc").write_text('write-out = "from .curlrc"\n')
    (tmp_path / "a.txt").write_text("hello\n")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert shell.run(f"curl {(tmp_path / 'a.txt').as_uri()}") == ["hello"]


def test_a_setting_can_stand_before_a_command(shell: Shell) -> None:
    assert shell.run("""NAME=bob python -c 'import os; print(os.environ["NAME"])'""") == ["bob"]


def test_jq_finds_a_value_with_and_without_its_quotes(shell: Shell) -> None:
    (shell.folder / "a.json").write_text('{"a": [{"b": "x"}]}')

    assert shell.run("cat a.json | jq .a[0].b") == ['"x"']
    assert shell.run("cat a.json | jq -r '.a[0].b'") == ["x"]


def test_the_real_address_is_not_shown(shell: Shell) -> None:
    assert shell.run("python -c 'print(\"http://127.0.0.1:5555/posts\")'") == [
        "http://127.0.0.1:8000/posts"
    ]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("rm -r x", "a console block can run curl`, `uv run"),
        ("curl a > b", "'>' is not understood: put it between quotes"),
        ("curl a?x=1&y=2", "'&' is not understood"),
        ("curl 'a", "cannot be read"),
        ("curl $GONE", r"\$GONE is not set"),
        ("cat a.json | jq .b", "jq found no .b"),
    ],
)
def test_what_cannot_be_run_is_refused(shell: Shell, command: str, message: str) -> None:
    (shell.folder / "a.json").write_text("{}")

    with pytest.raises(ShellError, match=message):
        shell.run(command)


def test_what_is_typed_as_the_temporary_folder_is_one_of_the_page(tmp_path: Path) -> None:
    shell = Shell(
        tmp_path, lambda: Path(sys.executable), "127.0.0.1:5555", {}, f"{tmp_path.as_posix()}/"
    )

    said = shell.run(
        "FILE=/tmp/a uv run python -c \"import os; open(os.environ['FILE'], 'w');"
        " print(open('/tmp/a').name)\""
    )

    assert (tmp_path / "a").is_file()
    assert said == ["/tmp/a"]
