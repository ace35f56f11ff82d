import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from app import uploads
from app.database import new_session
from app.main import app
from app.models import Post
from app.settings import settings
from tests.images import (
    GIF,
    HTML,
    PNG,
    SVG,
    gif_of_frames,
    image,
    png_that_claims,
    rotated_jpeg,
    two_pictures,
)

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the uploaded files, which does not exist yet."""
    monkeypatch.setattr(settings, "media_dir", tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def ann(client: TestClient, post: dict[str, Any], media: Path) -> TestClient:
    """Ann, who has written the post with the id 1."""
    return client


@pytest.fixture
def connections(empty: AsyncEngine) -> Iterator[set[object]]:
    """The connections to the database that are in use."""
    used: set[object] = set()

    def take(connection: object, *_: object) -> None:
        used.add(connection)

    def give_back(connection: object, *_: object) -> None:
        used.discard(connection)

    event.listen(empty.sync_engine, "checkout", take)
    event.listen(empty.sync_engine, "checkin", give_back)
    yield used
    event.remove(empty.sync_engine, "checkout", take)
    event.remove(empty.sync_engine, "checkin", give_back)


def upload(client: TestClient, content: bytes, name: str = "a.png") -> Response:
    return client.post("/posts/1/image", files={"file": (name, content)})


def files_in(media: Path) -> list[bytes]:
    return [file.read_bytes() for file in media.iterdir()] if media.exists() else []


def send_slowly(client: TestClient, pieces: Iterator[bytes], **headers: str) -> int:
    """The status for an upload whose body arrives piece by piece, as the app asks for it."""
    said = FORM | headers | {"Authorization": client.headers["Authorization"]}
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/posts/1/image", "root_path": "",
        "query_string": b"", "http_version": "1.1", "scheme": "http", "server": ("testserver", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in said.items()],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        piece = await asyncio.to_thread(next, pieces, None)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece != TAIL}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"])


# What is taken


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_served_as_what_it_is(ann: TestClient, visitor: TestClient, kind: str) -> None:
    content = image(kind)

    answer = upload(ann, content, "a.html")

    assert answer.status_code == 200
    assert answer.json()["image_url"] == "/api/v1/posts/1/image"
    served = visitor.get(f"http://testserver{answer.json()['image_url']}")
    assert served.content == content
    assert served.headers["Content-Type"] == f"image/{kind.lower()}"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Cache-Control"] == "no-cache"


def test_a_jpeg_with_two_pictures_is_a_jpeg(ann: TestClient, visitor: TestClient) -> None:
    assert upload(ann, two_pictures()).status_code == 200

    assert visitor.get("/posts/1/image").headers["Content-Type"] == "image/jpeg"


def test_a_post_shows_its_image_everywhere(ann: TestClient) -> None:
    assert ann.get("/posts/1").json()["image_url"] is None

    post = upload(ann, PNG).json()

    assert ann.get("/posts/1").json() == post
    assert ann.get("/posts").json()["items"] == [post]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GIF + HTML, id="a GIF that is HTML too"),
        pytest.param(gif_of_frames(10_000), id="a GIF of 10 000 frames"),
        pytest.param(rotated_jpeg(), id="a JPEG that says which side is up"),
    ],
)
def test_a_strange_image_is_stored_as_it_is(
    ann: TestClient, visitor: TestClient, media: Path, content: bytes
) -> None:
    assert upload(ann, content).status_code == 200

    assert files_in(media) == [content]
    assert visitor.get("/posts/1/image").headers["Content-Type"].startswith("image/")


@pytest.mark.parametrize("name", ["../../a.png", "/etc/passwd", "a\0.png", "a" * 300, "", "CON"])
def test_the_server_makes_the_name_of_the_file(ann: TestClient, media: Path, name: str) -> None:
    body = HEAD.replace(b"a.png", name.encode()) + PNG + TAIL

    answer = ann.post("/posts/1/image", content=body, headers=FORM)

    assert answer.status_code == 200
    assert [len(file.name) for file in media.iterdir()] == [36]
    assert files_in(media) == [PNG]


# What is refused


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(b"", 415, id="nothing"),
        pytest.param(SVG, 415, id="an SVG with a script"),
        pytest.param(HTML, 415, id="HTML"),
        pytest.param(PNG[: len(PNG) // 2], 415, id="half a PNG"),
        pytest.param(image(size=(500, 500))[:-100], 415, id="a PNG without its last lines"),
        pytest.param(PNG[:8], 415, id="the first bytes of a PNG"),
        pytest.param(image("BMP"), 415, id="an image of another kind"),
        pytest.param(png_that_claims(60_000, 60_000), 415, id="a bomb"),
        pytest.param(png_that_claims(5001, 5000), 413, id="too many pixels"),
    ],
)
def test_what_is_not_an_image_is_refused(
    ann: TestClient, media: Path, content: bytes, status: int
) -> None:
    answer = upload(ann, content)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert files_in(media) == []


def test_an_image_of_another_kind_is_not_even_opened(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Mock()
    monkeypatch.setattr("PIL.BmpImagePlugin.BmpImageFile._open", opened)

    assert upload(ann, image("BMP")).status_code == 415

    opened.assert_not_called()


def test_an_image_as_large_as_the_limit_is_taken(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "max_upload_bytes", len(PNG))

    assert upload(ann, PNG).status_code == 200
    assert upload(ann, PNG + b"\0").status_code == 413


@pytest.mark.parametrize("length", [None, "10", "1000000000"])
def test_a_body_without_end_is_read_no_further_than_the_limit(
    ann: TestClient, media: Path, length: str | None
) -> None:
    pieces = iter([HEAD] + [bytes(100_000)] * 1000)
    said = {"Content-Length": length} if length else {}

    assert send_slowly(ann, pieces, **said) == 413

    assert len(list(pieces)) > 940
    assert files_in(media) == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({"data": {"file": "text"}}, 422, id="a text in place of a file"),
        pytest.param({"files": {"image": PNG}}, 422, id="a file with another name"),
        pytest.param({"files": {"file": PNG}, "data": {"x": "1"}}, 422, id="another field"),
        pytest.param({"files": [("file", PNG), ("file", PNG)]}, 400, id="two files"),
        pytest.param({"files": [(f"f{n}", b"") for n in range(1000)]}, 400, id="a thousand parts"),
        pytest.param({"json": {"file": "text"}}, 422, id="JSON"),
        pytest.param({"content": PNG, "headers": {"Content-Type": "image/png"}}, 422, id="no form"),
        pytest.param({}, 422, id="no body"),
        pytest.param(
            {"content": HEAD.replace(b'name="file"; ', b"") + PNG + TAIL, "headers": FORM},
            400,
            id="a part without a name",
        ),
        pytest.param({"content": b"nonsense", "headers": FORM}, 400, id="nonsense"),
        pytest.param(
            {"content": PNG, "headers": {"Content-Type": "multipart/form-data"}},
            400,
            id="no boundary",
        ),
    ],
)
def test_a_form_holds_one_file_and_nothing_else(
    ann: TestClient, media: Path, form: dict[str, Any], status: int
) -> None:
    answer = ann.post("/posts/1/image", **form)

    assert answer.status_code == status
    assert files_in(media) == []


def test_a_client_that_goes_in_the_middle_leaves_nothing(ann: TestClient, media: Path) -> None:
    assert send_slowly(ann, iter([HEAD, PNG])) == 400

    assert files_in(media) == []


# Who may


def test_only_the_author_uploads(
    ann: TestClient, bob: TestClient, admin: TestClient, visitor: TestClient, media: Path
) -> None:
    assert upload(visitor, PNG).status_code == 401
    assert upload(bob, PNG).status_code == 403
    assert upload(admin, b"").status_code == 403
    assert ann.post("/posts/2/image").status_code == 404
    assert files_in(media) == []


def test_the_body_of_a_stranger_is_not_read(ann: TestClient, bob: TestClient) -> None:
    pieces = iter([HEAD, PNG, TAIL])

    assert send_slowly(bob, pieces) == 403

    assert list(pieces) == [HEAD, PNG, TAIL]


def test_the_image_of_a_draft_is_hidden_like_the_draft(
    ann: TestClient, bob: TestClient, visitor: TestClient
) -> None:
    upload(ann, PNG)
    ann.patch("/posts/1", json={"published": False})

    assert ann.get("/posts/1/image").content == PNG
    assert bob.get("/posts/1/image").status_code == 404
    assert visitor.get("/posts/1/image").status_code == 404


# Old files


def test_another_image_replaces_the_first(ann: TestClient, media: Path) -> None:
    upload(ann, PNG)

    upload(ann, GIF)

    assert ann.get("/posts/1/image").content == GIF
    assert files_in(media) == [GIF]


def test_an_image_that_is_refused_replaces_nothing(ann: TestClient, media: Path) -> None:
    upload(ann, PNG)

    upload(ann, HTML)

    assert ann.get("/posts/1/image").content == PNG
    assert files_in(media) == [PNG]


def test_an_image_goes_with_its_post(ann: TestClient, media: Path) -> None:
    upload(ann, PNG)

    assert ann.delete("/posts/1").status_code == 204

    assert files_in(media) == []


def test_a_post_without_an_image_has_none_to_serve(ann: TestClient) -> None:
    assert ann.get("/posts/1/image").status_code == 404


def test_a_file_that_has_just_been_removed_is_404(ann: TestClient, media: Path) -> None:
    upload(ann, PNG)
    next(media.iterdir()).unlink()

    assert ann.get("/posts/1/image").status_code == 404


def test_the_old_file_goes_after_the_commit(
    ann: TestClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(ann, PNG)

    async def fail(_session: object) -> None:
        raise RuntimeError("no commit")

    monkeypatch.setattr("sqlalchemy.ext.asyncio.AsyncSession.commit", fail)
    assert ann.delete("/posts/1").status_code == 500
    monkeypatch.undo()

    assert files_in(media) == [PNG]


def test_the_old_file_goes_after_the_commit_of_the_new_one(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(ann, PNG)
    replaced = []

    async def look(old: str) -> None:
        async with new_session() as session:
            replaced.append((await session.get_one(Post, 1)).image != old)

    monkeypatch.setattr(uploads, "remove", look)

    upload(ann, GIF)

    assert replaced == [True]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(file: Path, content: bytes) -> None:
        assert file.name == "a.png.part"
        with file.open("wb") as half:
            half.write(content[:10])
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)

    with pytest.raises(OSError, match="the disk is full"):
        uploads.write("a.png", PNG)

    assert files_in(media) == []


def test_a_file_that_cannot_be_removed_stays_and_the_log_says_so(
    ann: TestClient, media: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upload(ann, PNG)
    monkeypatch.setattr(Path, "unlink", Mock(side_effect=PermissionError("not allowed")))

    answer = ann.delete("/posts/1")

    assert answer.status_code == 204
    assert files_in(media) == [PNG]
    assert "stays in MEDIA_DIR" in caplog.text


# Two at once


def during_an_upload(work: Callable[[], object]) -> Iterator[bytes]:
    """The pieces of an upload. The work is done before the last one is sent."""
    yield HEAD + PNG
    work()
    yield TAIL


def test_nobody_waits_while_an_image_arrives(ann: TestClient, media: Path) -> None:
    statuses = []

    def change() -> None:
        statuses.append(ann.patch("/posts/1", json={"title": "Bye"}).status_code)

    assert send_slowly(ann, during_an_upload(change)) == 200

    assert statuses == [200]
    assert ann.get("/posts/1").json()["title"] == "Bye"
    assert files_in(media) == [PNG]


def test_nobody_keeps_a_connection_while_an_image_arrives(
    ann: TestClient, connections: set[object]
) -> None:
    kept = []

    def count() -> None:
        kept.append(len(connections))

    assert send_slowly(ann, during_an_upload(count)) == 200

    assert kept == [0]


def test_an_image_that_arrives_meanwhile_is_replaced_too(ann: TestClient, media: Path) -> None:
    assert send_slowly(ann, during_an_upload(lambda: upload(ann, GIF))) == 200

    assert files_in(media) == [PNG]


def test_a_post_that_is_deleted_meanwhile_gets_no_image(ann: TestClient, media: Path) -> None:
    assert send_slowly(ann, during_an_upload(lambda: ann.delete("/posts/1"))) == 404

    assert files_in(media) == []


def test_of_many_images_at_once_one_stays(ann: TestClient, media: Path) -> None:
    with ThreadPoolExecutor() as crowd:
        answers = list(crowd.map(lambda _: upload(ann, PNG).status_code, range(8)))

    assert answers == [200] * 8
    assert files_in(media) == [PNG]


def test_images_are_decoded_outside_the_event_loop(
    ann: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_loop(content: bytes) -> str:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return "png"

    monkeypatch.setattr(uploads, "suffix_of", find_loop)

    assert upload(ann, PNG).status_code == 200
