"""Imports come with the first piece that needs them."""

from pathlib import Path

import pytest

from roadmap.site.blocks.listings import piece_html
from roadmap.site.difference.pieces import Piece, pieces
from roadmap.site.difference.replay import replay
from roadmap.site.pages import PageError

from .small_course import SmallCourse

NEW = '''\
"""New."""

import json
from math import cos, sin

from app.main import (
    greet,
    part,
)
import app.side


def one():
    return json.dumps(greet())


def two():
    return sin(part())


def three():
    return cos(0)
'''

FILE = "file: app/new.py\nsymbol: "
ONE, TWO, REST = f"{FILE}docstring, one", f"{FILE}two", "file: app/new.py"


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    course = SmallCourse(tmp_path)
    course.write("stages/02-two/app/new.py", NEW)
    return course


def imported(piece: Piece) -> list[str]:
    return [line.text.strip() for line in piece.lines if line.part == "imports"]


def test_an_import_comes_with_the_first_piece_that_uses_it(course: SmallCourse) -> None:
    one, two, rest = pieces(course.page(ONE, TWO, REST))

    assert imported(one) == ["", "import json", "", "from app.main import (", "greet,", ")"]
    assert imported(two) == ["from math import cos, sin", "part,"]
    assert imported(rest) == ["import app.side"]


def test_what_is_typed_so_far_can_be_read(course: SmallCourse) -> None:
    page = course.page(ONE, TWO, REST)

    typed = replay(page, [], until=page.of("piece")[1])["app/new.py"]

    assert typed.startswith(
        '"""New."""\n\nimport json\n\nfrom app.main import (\n    greet,\n)\n\n\ndef one'
    )


def test_an_import_that_is_not_used_yet_is_said(course: SmallCourse) -> None:
    one, two, rest = pieces(course.page(ONE, TWO, REST))

    assert [one.unused_imports, two.unused_imports, rest.unused_imports] == [[], ["cos"], []]


def test_an_import_that_no_code_names_is_not_said_to_be_used_later(course: SmallCourse) -> None:
    annotated = "from __future__ import annotations\n\nfrom a import B\n\n\n"
    annotated += "def f(b: 'B'):\n    pass\n"
    course.write("stages/02-two/app/new.py", annotated)

    (piece,) = pieces(course.page(REST))

    assert piece.unused_imports == []


def test_a_name_that_code_sets_is_no_use_of_an_import(course: SmallCourse) -> None:
    code = "from a import b\n\n\ndef one():\n    b = 1\n\n\ndef two():\n    return b\n"
    course.write("stages/02-two/app/new.py", code)

    one, two = pieces(course.page(f"{FILE}one", TWO))

    assert imported(one) == []
    assert imported(two) == ["from a import b"]


def test_an_import_of_several_names_goes_with_the_last_of_their_uses(course: SmallCourse) -> None:
    old = "from json import a, b\n\n\ndef f():\n    a()\n\n\ndef g():\n    b()\n"
    course.write("stages/01-one/app/old.py", old)
    course.write("stages/02-two/app/old.py", "def f():\n    1\n\n\ndef g():\n    2\n")

    first, last = pieces(course.page("file: app/old.py\nsymbol: g", "file: app/old.py\nsymbol: f"))

    assert "from json import a, b" not in imported(first)
    assert "from json import a, b" in imported(last)


def test_an_import_under_another_name_is_another_import(course: SmallCourse) -> None:
    old = "from a import b as c\n\n\ndef f():\n    c()\n\n\ndef g():\n    c()\n"
    course.write("stages/01-one/app/old.py", old)
    new = "from a import b as d\n\n\ndef f():\n    d()\n\n\ndef g():\n    1\n"
    course.write("stages/02-two/app/old.py", new)

    first, last = pieces(course.page("file: app/old.py\nsymbol: f", "file: app/old.py\nsymbol: g"))

    assert imported(first) == ["from a import b as d"]
    assert imported(last) == ["from a import b as c"]


def test_an_import_goes_with_its_last_use(course: SmallCourse) -> None:
    old = "import json\n\n\ndef f():\n    json.a()\n\n\ndef g():\n    json.b()\n"
    course.write("stages/01-one/app/old.py", old)
    course.write("stages/02-two/app/old.py", old.replace("json.", "").replace("import json\n", ""))

    first, last = pieces(course.page("file: app/old.py\nsymbol: g", "file: app/old.py\nsymbol: f"))

    assert imported(first) == []
    assert imported(last) == ["import json"]


def test_imports_that_come_by_themselves_are_not_named(course: SmallCourse) -> None:
    course.write("stages/02-two/app/new.py", NEW.replace("import app.side\n", ""))

    with pytest.raises(PageError, match=r"the imports of app/new\.py come with the code"):
        pieces(course.page(f"{FILE}imports, one", REST))


def test_a_name_that_only_a_later_piece_imports_is_said(course: SmallCourse) -> None:
    old = "from m import a, b\n\n\ndef f():\n    a()\n\n\ndef g():\n    b()\n"
    course.write("stages/01-one/app/old.py", old)
    new = old.replace("a, b", "a, c").replace("a()", "c()").replace("b()", "a()")
    course.write("stages/02-two/app/old.py", new)

    first, last = pieces(course.page("file: app/old.py\nsymbol: f", "file: app/old.py\nsymbol: g"))

    assert [first.missing_imports, last.missing_imports] == [["b"], []]
    assert "Not imported until a later piece: <code>b</code>" in piece_html(first)


def test_a_parameter_with_the_name_of_an_old_import_is_not_missing(course: SmallCourse) -> None:
    course.write("stages/01-one/app/old.py", "from m import a\n\n\ndef f():\n    a()\n")
    course.write("stages/02-two/app/old.py", "def f(a):\n    a(1)\n")

    (piece,) = pieces(course.page("file: app/old.py"))

    assert piece.missing_imports == []
