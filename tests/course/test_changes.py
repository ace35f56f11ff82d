"""What changed between two stages, and the parts of files."""

from pathlib import Path

import pytest

from roadmap.course import CourseError, Stage
from roadmap.site.difference.changes import FileChange, State, compare_trees, tree
from roadmap.site.difference.parts import parts

from .small_course import NEW, OLD


def names(path: str, text: str) -> list[str]:
    return [part.name for part in parts(path, text)]


def text_of(path: str, text: str, name: str) -> str:
    """The lines of the one part with this name."""
    (part,) = [part for part in parts(path, text) if part.name == name]
    return "".join(text.splitlines(keepends=True)[part.start : part.end])


def test_python_is_parted_by_what_it_defines() -> None:
    expected = ["docstring", "imports", "Post", "Post.title", "Post.publish", "greet"]

    assert names("app/main.py", NEW) == expected


def test_decorators_comments_and_blank_lines_belong_to_what_is_below() -> None:
    source = "x = 1\n\n\n# Why.\n@cache\ndef f():\n    return 1\n"

    assert text_of("a.py", source, "f") == "\n\n# Why.\n@cache\ndef f():\n    return 1\n"


def test_a_statement_that_defines_nothing_belongs_to_what_is_above() -> None:
    source = "api = Router()\napi.include(posts)\napp = App()\n"

    assert text_of("a.py", source, "api") == "api = Router()\napi.include(posts)\n"


def test_a_property_and_its_setter_are_one_part() -> None:
    source = (
        "class A:\n    @property\n    def x(self): ...\n\n    @x.setter\n    def x(self, y): ...\n"
    )

    assert names("a.py", source) == ["A", "A.x"]


def test_the_head_of_a_class_may_take_several_lines() -> None:
    source = "class A(\n    B,\n    metaclass=C,\n):  # why\n    x = 1\n"

    assert text_of("a.py", source, "A") == "class A(\n    B,\n    metaclass=C,\n):  # why\n"


def test_what_cannot_be_parsed_is_named() -> None:
    with pytest.raises(CourseError, match=r"a\.py:2: this is not Python"):
        parts("a.py", "x = 1\ndef :\n")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.toml", "# Top\n\n[a]\nx = 1\n\n# About b\n[b]\ny = 2\n", ["[a]", "[b]"]),
        ("a.toml", "x = 1\n\n[a]\ny = 2\n", ["top", "[a]"]),
        ("a.md", "# A\n\n```\n# no\n```\n\n## B\n", ["# A", "## B"]),
        ("a.yml", "on: push\n\njobs:\n  test: 1\n", ["on: push", "jobs:"]),
        (".env", "# A\nA=1\n\n# B\nB=2\n", ["# A", "# B"]),
        (".env", "", []),
        ("a.py", "# Nothing here.\n", ["top"]),
    ],
)
def test_texts_are_parted_by_tables_headings_keys_or_paragraphs(
    path: str, text: str, expected: list[str]
) -> None:
    assert names(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [("a.py", NEW), ("a.py", "x = 1"), ("a.toml", "# a\n\n[b]\n\n"), (".env", "\n\na\n\n\nb")],
)
def test_every_line_belongs_to_one_part(path: str, text: str) -> None:
    lines = [line for part in parts(path, text) for line in range(part.start, part.end)]

    assert lines == list(range(len(text.splitlines())))


def test_a_change_holds_both_sides_byte_for_byte() -> None:
    change = FileChange("app/main.py", OLD, NEW)

    assert "".join(line.text for line in change.lines if not line.is_added) == OLD
    assert "".join(line.text for line in change.lines if not line.is_removed) == NEW


def test_a_change_knows_its_parts_and_its_size() -> None:
    change = FileChange("app/main.py", OLD, NEW)

    assert set(change.changed_parts) == {
        "imports", "Post", "Post.title", "Post.publish", "greet", "part"
    }  # fmt: skip
    assert (change.added, change.removed) == (11, 5)


def test_a_symbol_is_compared_with_the_one_of_its_name() -> None:
    change = FileChange("app/main.py", OLD, NEW)

    greet = [line for line in change.lines if line.part == "greet" and line.is_changed]

    assert [line.text.strip() for line in greet] == ['return "hello"', 'return "good morning"']


def test_a_last_line_without_an_end_is_another_line() -> None:
    change = FileChange("a.txt", "a\nb", "a\nb\n")

    assert [(line.text, line.is_added) for line in change.lines if line.is_changed] == [
        ("b", False),
        ("b\n", True),
    ]


def test_files_are_new_changed_the_same_or_gone() -> None:
    old = {"a": "1\n", "b": "1\n", "c": "1\n"}
    changes = compare_trees(old, {"a": "1\n", "b": "2\n", "d": ""})

    assert {path: change.state for path, change in changes.items()} == {
        "a": State.SAME,
        "b": State.CHANGED,
        "c": State.GONE,
        "d": State.NEW,
    }


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\xff\x00\n")

    assert tree(Stage(1, tmp_path))["a.bin"].encode("utf-8", "surrogateescape") == b"\xff\x00\n"
