"""The checklist is data, and a file that keeps every character."""

import os
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from roadmap.__main__ import main
from roadmap.tasks import Checklist, ChecklistError, UnknownTask

TEXT = """\
## Legend
## [ ] = todo | [x] = done

## Stage 1 — Solid (@api)
- [ ] Posts CRUD: GET /posts/{id} {#posts-crud}
  - [x] Status codes {#status-codes}
  - [ ] Shape {#shape}
    - [ ] Deeper {#deeper}
- [X] Users {#users}

## Stage 10 — Ops
- [ ] Logs {#logs}

# Helpful snippets
- [ ] Pattern {#pattern}
"""


@pytest.fixture
def checklist() -> Checklist:
    return Checklist(TEXT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that holds the checklist."""
    (tmp_path / "tasks.nd").write_bytes(TEXT.encode())
    return tmp_path


def test_a_task_has_a_text_without_its_slug(checklist: Checklist) -> None:
    assert checklist.find("posts-crud").text == "Posts CRUD: GET /posts/{id}"


def test_tasks_come_in_the_file_s_order_with_their_lines(checklist: Checklist) -> None:
    assert [(task.slug, task.line) for task in checklist.tasks] == [
        ("posts-crud", 5),
        ("status-codes", 6),
        ("shape", 7),
        ("deeper", 8),
        ("users", 9),
        ("logs", 12),
        ("pattern", 15),
    ]


def test_a_task_belongs_to_the_stage_of_its_heading(checklist: Checklist) -> None:
    assert [task.stage for task in checklist.tasks] == [1, 1, 1, 1, 1, 10, None]
    assert checklist.find("logs").section == "Stage 10 — Ops"


def test_a_deeper_heading_leaves_a_task_in_its_stage() -> None:
    checklist = Checklist("## Stage 2 — Routers\n### Notes of mine\n- [ ] Routers {#routers}")

    assert checklist.find("routers").stage == 2


def test_a_task_belongs_to_the_nearest_box_above_that_is_indented_less(
    checklist: Checklist,
) -> None:
    assert [task.parent for task in checklist.tasks] == [
        None,
        "posts-crud",
        "posts-crud",
        "shape",
        None,
        None,
        None,
    ]


def test_a_heading_ends_what_boxes_belong_to() -> None:
    checklist = Checklist("- [ ] Above {#above}\n## Stage 2 — Routers\n  - [ ] Below {#below}")

    assert checklist.find("below").parent is None


def test_a_box_is_done_with_a_small_or_a_capital_x(checklist: Checklist) -> None:
    assert [task.slug for task in checklist.tasks if task.done] == ["status-codes", "users"]


def test_ticking_changes_one_character(checklist: Checklist) -> None:
    checklist.tick("posts-crud")

    assert checklist.find("posts-crud").done
    assert checklist.text == TEXT.replace("- [ ] Posts CRUD", "- [x] Posts CRUD")


def test_unticking_changes_one_character(checklist: Checklist) -> None:
    checklist.untick("users")

    assert not checklist.find("users").done
    assert checklist.text == TEXT.replace("- [X] Users", "- [ ] Users")


def test_ticking_what_is_done_and_emptying_what_is_empty_change_nothing(
    checklist: Checklist,
) -> None:
    checklist.tick("users")
    checklist.untick("logs")

    assert checklist.text == TEXT


ODD = (
    "\ufeff## Stage 1 — A  \r\n"
    "*  [ ]   Odd\u2028 spaces\x0b\xa0here  {#odd}  \t\r\n"
    "\t+ [X] Under it{#under}\r\n"
    "\n"
    "\r\nno final newline, [ ] no box, \f {#no-slug}"
)


@pytest.mark.parametrize("text", ["", "\n", ODD, TEXT, "- [x] alone {#alone}"])
def test_writing_what_was_read_gives_the_same_bytes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tasks.nd"
    path.write_bytes(text.encode())

    Checklist.read(path).write(path)

    assert path.read_bytes() == text.encode()


def test_ticking_keeps_line_endings_a_byte_order_mark_and_odd_spaces(tmp_path: Path) -> None:
    path = tmp_path / "tasks.nd"
    path.write_bytes(ODD.encode())
    checklist = Checklist.read(path)

    checklist.tick("odd")
    checklist.write(path)

    assert path.read_bytes() == ODD.replace("*  [ ]", "*  [x]").encode()
    assert checklist.find("odd").stage == 1
    assert checklist.find("odd").text == "Odd\u2028 spaces\x0b\xa0here"
    assert checklist.find("under").parent == "odd"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_checklist_is_written_through_a_link_and_keeps_its_mode(root: Path) -> None:
    (root / "tasks.nd").chmod(0o640)
    (root / "link.nd").symlink_to("tasks.nd")

    Checklist("- [x] one {#one}").write(root / "link.nd")

    assert (root / "link.nd").readlink() == Path("tasks.nd")
    assert (root / "tasks.nd").read_bytes() == b"- [x] one {#one}"
    assert (root / "tasks.nd").stat().st_mode & 0o777 == 0o640


def test_a_checklist_that_cannot_be_written_stays_as_it_is(
    root: Path, checklist: Checklist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", Mock(side_effect=PermissionError("in use")))
    checklist.tick("logs")

    with pytest.raises(ChecklistError, match="nothing was written: in use"):
        checklist.write(root / "tasks.nd")

    assert [path.name for path in root.iterdir()] == ["tasks.nd"]
    assert (root / "tasks.nd").read_bytes() == TEXT.encode()


def test_an_unknown_slug_names_those_that_come_near(checklist: Checklist) -> None:
    with pytest.raises(UnknownTask, match="no task 'post-crud': did you mean posts-crud"):
        checklist.tick("post-crud")


def test_an_unknown_slug_that_is_near_to_none_names_none(checklist: Checklist) -> None:
    with pytest.raises(UnknownTask, match=r"no task 'qqq'$"):
        checklist.untick("qqq")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n- [ ] One {#one}\n- [ ] Two {#one}", "tasks.nd:3: {#one} is taken already, by line 2"),
        ("\n\n- [ ] One", "tasks.nd:3: this box has no slug"),
        ("- [ ] One {#One Two}", "tasks.nd:1: this box has no slug"),
        ("- [ ]", "tasks.nd:1: this box has no slug"),
        ("- [] One {#one}", "tasks.nd:1: a box is [ ] or [x], not []"),
        ("- [y] One {#one}", "tasks.nd:1: a box is [ ] or [x], not [y]"),
    ],
)
def test_a_broken_box_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ChecklistError) as caught:
        Checklist(text)

    assert str(caught.value).startswith(message)


def test_a_checklist_that_is_missing_or_no_text_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "tasks.nd"

    with pytest.raises(ChecklistError, match=r"tasks\.nd: No such file"):
        Checklist.read(path)

    path.write_bytes(b"- [ ] \xff {#one}")
    with pytest.raises(ChecklistError, match=r"tasks\.nd: not UTF-8, from byte 6 on"):
        Checklist.read(path)


def test_the_command_line_ticks_and_unticks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tick", "logs"], root=root) == 0
    assert main(["untick", "users"], root=root) == 0

    assert capsys.readouterr().out == "[x] Logs\n[ ] Users\n"
    assert (root / "tasks.nd").read_bytes().decode() == TEXT.replace(
        "- [ ] Logs", "- [x] Logs"
    ).replace("- [X] Users", "- [ ] Users")


def test_the_command_line_shows_how_far_each_stage_is(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tasks"], root=root) == 0

    assert capsys.readouterr().out == (
        "Stage 1 — Solid (@api): 2 of 5\n"
        "  [ ] Posts CRUD: GET /posts/{id} {#posts-crud}\n"
        "    [x] Status codes {#status-codes}\n"
        "    [ ] Shape {#shape}\n"
        "    [ ] Deeper {#deeper}\n"
        "  [x] Users {#users}\n"
        "Stage 10 — Ops: 0 of 1\n"
        "  [ ] Logs {#logs}\n"
        "Helpful snippets: 0 of 1\n"
        "  [ ] Pattern {#pattern}\n"
    )


def test_the_command_line_tells_a_wrong_slug_on_stderr(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tick", "log"], root=root) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "there is no task 'log': did you mean logs?\n"
    assert (root / "tasks.nd").read_bytes() == TEXT.encode()
