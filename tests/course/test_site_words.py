"""Commands of console blocks: the words that a shell gives to each program."""

import pytest

from roadmap.site.blocks.words import ShellError, read_command

VARIABLES = {"NAME": "ann lee", "BODY": '{"a": "b"}'}


def words(command: str) -> list[list[str]]:
    return [program.values(VARIABLES) for program in read_command(command).programs]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a 'b  c' \"d e\"", ["a", "b  c", "d e"]),
        ("""a 'it'\\''s'""", ["a", "it's"]),
        (r'''a "\"\\\$NAME\n"''', ["a", r'"\$NAME\n']),
        (r"a b\ c", ["a", "b c"]),
        ("a ''", ["a", ""]),
        ("a $NAME-x ${NAME}x", ["a", "ann lee-x", "ann leex"]),
        ("""a "$BODY" '$BODY'""", ["a", '{"a": "b"}', "$BODY"]),
        ("a --b='c d'", ["a", "--b=c d"]),
        ("a 5$", ["a", "5$"]),
    ],
)
def test_quotes_and_variables_are_read_as_a_shell_reads_them(typed: str, read: list[str]) -> None:
    assert words(typed) == [read]


def test_a_pipe_parts_programs_and_a_setting_belongs_to_its_own() -> None:
    command = read_command("A=1 B='2 3' a b | C=$NAME c")

    assert [program.given(VARIABLES) for program in command.programs] == [
        {"A": "1", "B": "2 3"},
        {"C": "ann lee"},
    ]
    assert words("A=1 a b | c") == [["a", "b"], ["c"]]


def test_a_variable_takes_a_value_or_what_programs_print() -> None:
    given, captured = read_command("A='x y'"), read_command("B=$(a 'b)' | c)")

    assert given.into == "A"
    assert given.value
    assert given.value.value({}) == "x y"
    assert captured.into == "B"
    assert [program.values({}) for program in captured.programs] == [["a", "b)"], ["c"]]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("a 'b", "a quote is not closed"),
        ("a > b", "'>' is not understood"),
        ("a && b", "'&&' is not understood"),
        ("a (b)", r"'\(' is not understood"),
        ('a "$(b)"', "write NAME="),
        ('a "`b`"', "write NAME="),
        ("a $GONE", r"\$GONE is not set: write GONE=\$\(…\) above"),
    ],
)
def test_what_is_no_plain_command_is_refused(command: str, message: str) -> None:
    with pytest.raises(ShellError, match=message):
        words(command)
