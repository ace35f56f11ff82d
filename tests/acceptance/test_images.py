"""Images of posts: judged by their content, limited, and seen by those who see the post."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2
import pytest

from roadmap.copies import Copies
from roadmap.course import Stage
from roadmap.server import HOST, Server

from .blog import Blog, Body, expect
from .images import FORM, JPEG, WEBP, form, gif, part, png
from .rules import rule, slow
from .settings import settings_at
from .slowly import begun
from .visits import visit

LIMIT = 5 * 1024 * 1024
AT_ONCE = 8
KINDS = {"image/png": png(), "image/jpeg": JPEG, "image/webp": WEBP, "image/gif": gif()}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def post(alice: Blog) -> Body:
    """A post of Alice's without an image."""
    return alice.create_post()


def send(blog: Blog, post: Body, body: bytes, **headers: str) -> httpx2.Response:
    path = f"/posts/{post['id']}/image"
    return blog.request("POST", path, content=body, headers={**FORM, **headers})


def upload(blog: Blog, post: Body, content: bytes, filename: str = "a.png") -> httpx2.Response:
    return send(blog, post, form(part(content, filename=filename)))


def image_of(blog: Blog, post: Body) -> httpx2.Response:
    """What the address of the image answers to this reader."""
    return blog.http.get(post["image_url"], headers=blog.headers)


def uploaded(blog: Blog, post: Body, content: bytes) -> Body:
    """The post after a successful upload."""
    expect(upload(blog, post, content), 200)
    return blog.read_post(post["id"])


@pytest.fixture(scope="module")
def gallery(copies: Copies, stage: Stage) -> Iterator[tuple[Blog, Server]]:
    """A server of its own whose files can be counted, and an author there."""
    env = settings_at(stage.number) | {"MEDIA_DIR": "pictures"}
    with copies.server(env=env) as server, visit(server, stage) as blog:
        yield blog.new_user("painter"), server


def files_of(server: Server) -> list[bytes]:
    return [file.read_bytes() for file in (server.folder / "pictures").rglob("*") if file.is_file()]


# What is taken


@pytest.mark.parametrize("media_type", KINDS)
@rule(6, "post-image")
def test_an_image_is_served_as_what_it_is_whatever_its_name(
    blog: Blog, alice: Blog, post: Body, media_type: str
) -> None:
    answer = expect(upload(alice, post, KINDS[media_type], "a.html"), 200)

    served = expect(image_of(blog, alice.read_post(post["id"])), 200)
    assert answer.json() == alice.read_post(post["id"])
    assert served.content[:4] == KINDS[media_type][:4]
    assert served.headers["content-type"] == media_type
    assert served.headers["x-content-type-options"] == "nosniff"


@rule(6, "post-image")
def test_a_post_without_an_image_says_so(post: Body) -> None:
    assert post["image_url"] is None


@pytest.mark.parametrize(
    "filename", ["../../../a.png", "/etc/passwd", "a" * 300, "a\0b.png", "", "a.php"]
)
@rule(6, "file-uploads")
def test_the_name_of_the_file_decides_nothing(
    blog: Blog, alice: Blog, post: Body, filename: str
) -> None:
    expect(upload(alice, post, png(), filename), 200)

    assert expect(image_of(blog, alice.read_post(post["id"])), 200).headers["content-type"] == (
        "image/png"
    )


@rule(6, "file-uploads")
def test_an_image_that_is_a_page_too_is_refused_or_served_as_an_image(
    blog: Blog, alice: Blog, post: Body
) -> None:
    answer = expect(upload(alice, post, gif() + HTML), 200, 415)

    if answer.status_code == 200:
        served = image_of(blog, alice.read_post(post["id"]))
        assert served.headers["content-type"] == "image/gif"


@rule(6, "file-uploads")
def test_ten_thousand_frames_are_taken_or_refused(alice: Blog, post: Body) -> None:
    expect(upload(alice, post, gif(10_000)), 200, 413, 415)


# What is refused


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(SVG, id="an SVG"),
        pytest.param(HTML, id="HTML"),
        pytest.param(png()[:40], id="the beginning of a PNG"),
        pytest.param(png()[:8] + HTML, id="HTML after the first bytes of a PNG"),
    ],
)
@rule(6, "post-image")
def test_what_is_no_image_is_415(alice: Blog, post: Body, content: bytes) -> None:
    expect(upload(alice, post, content), 415)

    assert alice.read_post(post["id"])["image_url"] is None


@rule(6, "post-image")
def test_a_decompression_bomb_is_refused(alice: Blog, post: Body) -> None:
    expect(upload(alice, post, png(50_000, 50_000, lines=1)), 413, 415)


@rule(6, "post-image")
def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(alice: Blog, post: Body) -> None:
    whole = gif() + bytes(LIMIT - len(gif()))

    expect(upload(alice, post, whole), 200)
    expect(upload(alice, post, whole + b"\0"), 413)


@rule(6, "file-uploads")
def test_a_body_without_an_end_is_refused_while_it_arrives(
    alice: Blog, post: Body, server: Server
) -> None:
    """No `Content-Length`, and no last piece: who reads to the end never answers."""
    path = f"{alice.prefix}/posts/{post['id']}/image"
    said = {**FORM, **alice.headers, "Host": HOST, "Transfer-Encoding": "chunked"}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    piece = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    first = part(b"")[:-2]

    with socket.create_connection((HOST, server.port), timeout=60) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        client.sendall(f"{len(first):x}\r\n".encode() + first + b"\r\n")
        for _ in range(2 * LIMIT // 0x10000):
            client.sendall(piece)
        answer = client.recv(4096)

    assert b" 413 " in answer.splitlines()[0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(form(), id="no part"),
        pytest.param(form(part(png(), name="image")), id="another name"),
        pytest.param(
            form(*[part(b"", name=f"f{number}") for number in range(1001)]), id="1001 parts"
        ),
        pytest.param(form(part(png()).replace(b'name="file"; ', b"")), id="a part without a name"),
        pytest.param(b"nonsense", id="nonsense"),
    ],
)
@rule(6, "file-uploads")
def test_a_form_without_the_file_is_refused(alice: Blog, post: Body, body: bytes) -> None:
    expect(send(alice, post, body), 400, 422)

    assert alice.read_post(post["id"])["image_url"] is None


@rule(6, "file-uploads")
def test_json_is_no_form(alice: Blog, post: Body) -> None:
    path = f"/posts/{post['id']}/image"

    expect(alice.request("POST", path, json_body={"file": "text"}), 415, 422)


# Who may


@rule(6, "post-image")
def test_only_the_author_uploads(
    blog: Blog, alice: Blog, bob: Blog, admin: Blog, post: Body
) -> None:
    expect(upload(blog, post, png()), 401)
    expect(upload(bob, post, png()), 403)
    expect(upload(admin, post, png()), 403)
    expect(upload(alice, Body(id=alice.missing_post()), png()), 404)


@rule(6, "post-image")
def test_the_image_of_a_draft_is_not_for_strangers(blog: Blog, bob: Blog, alice: Blog) -> None:
    """Its address is behind the check of the post, or nobody can guess it."""
    draft = uploaded(alice, alice.create_post(published=False), png())

    answers = {image_of(reader, draft).status_code for reader in (blog, bob)}

    assert expect(image_of(alice, draft), 200)
    assert answers == {404} or re.search(r"[\w-]{22,}", draft["image_url"])


# While a body arrives


@rule(6, "file-uploads")
def test_nobody_waits_while_a_body_arrives(
    alice: Blog, bob: Blog, post: Body, server: Server
) -> None:
    other = bob.create_post()

    with begun(server, alice, post, png()) as slow:
        bob.change_post(other["id"], title="Changed meanwhile")
        changed = alice.change_post(post["id"], title="Changed too")
        alice.create_post()
        slow.finish()
        assert slow.status() == 200

    after = alice.read_post(post["id"])
    assert after["title"] == changed["title"]
    assert after["image_url"] is not None


@rule(6, "file-uploads")
def test_an_image_for_a_post_that_goes_while_it_arrives_is_404(
    gallery: tuple[Blog, Server],
) -> None:
    painter, server = gallery
    post, kept = painter.create_post(), files_of(server)

    with begun(server, painter, post, png()) as slow:
        painter.delete_post(post["id"])
        slow.finish()
        assert slow.status() == 404

    assert files_of(server) == kept


@slow
@rule(6, "post-image")
def test_of_images_that_arrive_at_once_one_stays(gallery: tuple[Blog, Server]) -> None:
    painter, server = gallery
    post = painter.create_post()
    images = [png(width) for width in range(1, AT_ONCE + 1)]

    with ExitStack() as stack:
        slow = [stack.enter_context(begun(server, painter, post, image)) for image in images]
        for one in slow:
            one.finish()
        assert [one.status() for one in slow] == [200] * AT_ONCE

    stored = image_of(painter, painter.read_post(post["id"])).content
    assert stored in images
    assert files_of(server) == [stored]
    painter.delete_post(post["id"])


# Old files


@slow
@rule(6, "post-image")
def test_old_files_go_when_replaced_and_with_their_post(gallery: tuple[Blog, Server]) -> None:
    painter, server = gallery
    post = uploaded(painter, painter.create_post(), png())
    assert len(files_of(server)) == 1

    replaced = uploaded(painter, post, gif())
    assert [content[:3] for content in files_of(server)] == [b"GIF"]
    assert image_of(painter, replaced).headers["content-type"] == "image/gif"

    painter.delete_post(post["id"])
    assert files_of(server) == []
    assert image_of(painter, replaced).status_code == 404
