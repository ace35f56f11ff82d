"""The API as its users see it: one client that knows what each stage calls things.

Every unexpected answer is an AssertionError that shows it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2

from roadmap.course import (
    FIRST_WITH_ENVELOPES,
    FIRST_WITH_PAGES,
    FIRST_WITH_PASSWORDS,
    FIRST_WITH_PREFIX,
)

PASSWORD = "correct horse battery"
POST_FIELDS = {
    1: {"id", "title", "content", "created_at", "updated_at"},
    3: {"author_id"},
    4: {"slug", "published", "tags"},
    5: {"author"},
    6: {"image_url"},
}
LARGEST_PAGE = 100


Json = Any


class Hang(AssertionError):
    """A request was not answered in time."""


class Body(dict[str, Any]):
    """A JSON object; to ask for a field that it lacks is an AssertionError."""

    def __missing__(self, key: str) -> NoReturn:
        raise AssertionError(f"there is no {key!r} in {dict(self)}")


def unique(name: str) -> str:
    """A username that nobody has, on any server."""
    return f"{name}-{uuid4().hex[:12]}"


def told(response: httpx2.Response) -> str:
    """Question and answer in one line, for the message of an assertion."""
    request = response.request
    return (
        f"{request.method} {request.url.raw_path.decode()[:100]} answered "
        f"{response.status_code} {response.text[:500]!r}"
    )


def expect(response: httpx2.Response, *statuses: int) -> httpx2.Response:
    """The response, which has one of `statuses`."""
    wanted = " or ".join(map(str, statuses))
    assert response.status_code in statuses, f"{told(response)}, not {wanted}"
    return response


def kind(status: int) -> int:
    """A status whose kind matters alone: 200 for any 2xx, else itself."""
    return 200 if 200 <= status < 300 else status


def succeeded(response: httpx2.Response) -> httpx2.Response:
    """The response, which is a 2xx; which of them is for the checks about statuses."""
    assert response.is_success, f"{told(response)}, which is no 2xx"
    return response


def parsed(response: httpx2.Response) -> Json:
    """The JSON of the body: strict, so without NaN."""

    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is no JSON: {told(response)}")

    assert "json" in response.headers.get("content-type", ""), f"no JSON: {told(response)}"
    try:
        return json.loads(response.content, object_hook=Body, parse_constant=refuse)
    except ValueError as error:
        raise AssertionError(f"this is no JSON: {told(response)}") from error


def _raw(headers: Mapping[str, str | bytes]) -> dict[bytes, bytes]:
    return {
        name.encode(): value if isinstance(value, bytes) else value.encode()
        for name, value in headers.items()
    }


def _leads_to(path: str, template: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) is not None


@dataclass(frozen=True)
class Account:
    """What a person signed up with."""

    id: int
    username: str
    email: str
    password: str


@dataclass(frozen=True)
class Blog:
    """The blog at `http`'s address as stage `stage` has it, used by `account` or by nobody."""

    http: httpx2.Client
    stage: int
    token: str | None = None
    _account: Account | None = field(default=None)

    @property
    def prefix(self) -> str:
        """What all paths of the API begin with."""
        return "/api/v1" if self.stage >= FIRST_WITH_PREFIX else ""

    @property
    def account(self) -> Account:
        """Who uses the blog."""
        assert self._account is not None, "nobody is signed in"
        return self._account

    @property
    def post_fields(self) -> set[str]:
        """The fields of a post, all of them."""
        return set().union(*(new for stage, new in POST_FIELDS.items() if stage <= self.stage))

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: object = ...,
        content: bytes | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        form: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Send one request below the prefix; no request may break the server.

        `json_body` may hold lone surrogates and NaN: they are sent as they are.
        """
        everything = {**self.headers, **(headers or {})}
        if json_body is not ...:
            content = json.dumps(json_body).encode()
            everything = {"Content-Type": "application/json", **everything}
        return self._send(method, self.prefix + path, content, form, everything)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        form: dict[str, str] | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> httpx2.Response:
        try:
            response = self.http.request(
                method, path, content=content, data=form, headers=_raw(headers or {})
            )
        except httpx2.TimeoutException as error:
            raise Hang(f"{method} {path[:100]} was not answered: {error!r}") from error
        assert response.status_code < 500, told(response)
        return response

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def with_token(self, token: str) -> "Blog":
        """The blog as seen by who holds `token`."""
        return replace(self, token=token)

    def at(self, other: "Blog") -> "Blog":
        """The same person with the same token at another server."""
        return replace(self, http=other.http)

    # Posts

    def posts(self, query: str = "") -> list[Body]:
        """All posts that the query asks for, of all pages, in the order of the list."""
        return self._listed("/posts", query)

    def own_posts(self, query: str = "") -> list[Body]:
        """All posts of one's own that the query asks for, drafts too."""
        return self._listed("/users/me/posts", query)

    def page(self, path: str, query: str = "") -> list[Body]:
        """The posts or users of one page."""
        response = self.request("GET", f"{path}?{query}")
        enveloped = self.stage >= FIRST_WITH_ENVELOPES
        items = self._object(response)["items"] if enveloped else parsed(succeeded(response))
        assert isinstance(items, list), f"{path} is no array: {items}"
        return items

    def create_post(self, **fields: object) -> Body:
        """A new post; a title and a content are made up where none is given."""
        body = {"title": "A title", "content": "Some content."} | fields
        return self._object(self.request("POST", "/posts", json_body=body))

    def read_post(self, post_id: int) -> Body:
        return self._object(self.request("GET", f"/posts/{post_id}"))

    def replace_post(self, post_id: int, **fields: object) -> Body:
        return self._object(self.request("PUT", f"/posts/{post_id}", json_body=fields))

    def change_post(self, post_id: int, **fields: object) -> Body:
        return self._object(self.request("PATCH", f"/posts/{post_id}", json_body=fields))

    def delete_post(self, post_id: int) -> None:
        succeeded(self.request("DELETE", f"/posts/{post_id}"))

    def missing_post(self) -> int:
        """The id of a post that was there and is no longer."""
        post_id = int(self.create_post()["id"])
        self.delete_post(post_id)
        return post_id

    # Users

    def users(self) -> list[Body]:
        """All users, in the order of the list."""
        return self._listed("/users")

    def read_user(self, user_id: int) -> Body:
        return self._object(self.request("GET", f"/users/{user_id}"))

    def sign_up_body(self, **fields: object) -> dict[str, Any]:
        """What signs somebody new up at this stage, changed by `fields`."""
        name = unique("reader")
        body = {"username": name, "email": f"{name}@example.com"}
        return body | self._password(PASSWORD) | fields

    def sign_up(self, **fields: object) -> httpx2.Response:
        return self.request("POST", "/users", json_body=self.sign_up_body(**fields))

    def create_user(self, **fields: object) -> Body:
        """A new user, as the answer to the sign-up shows it."""
        return self._object(self.sign_up(**fields))

    def new_user(self, name: str) -> "Blog":
        """The blog as seen by somebody who has just signed up, and in from stage 3 on."""
        username = unique(name)
        account = Account(0, username, f"{username}@example.com", f"{PASSWORD} of {name}")
        fields = {"username": account.username, "email": account.email}
        user = self.create_user(**fields, **self._password(account.password))
        signed_up = replace(self, _account=replace(account, id=user["id"]))
        if self.stage < FIRST_WITH_PASSWORDS:
            return signed_up
        return signed_up.with_token(self.token_of(account.username, account.password))

    def _password(self, password: str) -> dict[str, str]:
        return {"password": password} if self.stage >= FIRST_WITH_PASSWORDS else {}

    def me(self) -> Body:
        """One's own account."""
        return self._object(self.request("GET", "/users/me"))

    # Tokens

    def log_in(self, username: str, password: str) -> httpx2.Response:
        return self.request(
            "POST", "/auth/token", form={"username": username, "password": password}
        )

    def token_of(self, username: str, password: str) -> str:
        """A fresh access token."""
        return str(self._object(self.log_in(username, password))["access_token"])

    # The schema

    def schema(self) -> Body:
        """The OpenAPI document."""
        response = self._send("GET", "/openapi.json")
        return self._object(response)

    def operations(self) -> dict[tuple[str, str], Body]:
        """Every operation of the schema, by method and path without the prefix."""
        return {
            (method.upper(), path.removeprefix(self.prefix)): operation
            for path, methods in self.schema()["paths"].items()
            for method, operation in methods.items()
        }

    def operation(self, method: str, path: str) -> Body:
        """The operation of the schema that `path` leads to, whatever its query."""
        path = path.partition("?")[0]
        fitting = {
            template: operation
            for (of_method, template), operation in self.operations().items()
            if of_method == method and _leads_to(path, template)
        }
        assert fitting, f"the schema has no {method} {path}"
        return fitting[min(fitting, key=lambda template: template.count("{"))]

    # Answers

    def _listed(self, path: str, query: str = "") -> list[Body]:
        if self.stage < FIRST_WITH_PAGES[path]:
            return self.page(path, query)
        items: list[Body] = []
        for number in count(1):
            page = self.page(path, f"page={number}&size={LARGEST_PAGE}&{query}")
            repeated = {item["id"] for item in page} & {item["id"] for item in items}
            assert not repeated, f"page {number} of {path}?{query} repeats {repeated}"
            items += page
            if len(page) < LARGEST_PAGE:
                break
        return items

    def _object(self, response: httpx2.Response) -> Body:
        body = parsed(succeeded(response))
        assert isinstance(body, Body), f"this is no object: {told(response)}"
        return body

    def location(self, response: httpx2.Response) -> str:
        """The path that `Location` names."""
        return urlsplit(response.headers.get("location", "")).path
