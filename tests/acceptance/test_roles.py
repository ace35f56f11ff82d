"""Roles: users and admins, and who decides which one somebody is."""

import pytest

from .blog import Blog, expect
from .rules import rule
from .settings import ADMIN


@rule(3, "roles")
def test_who_signs_up_is_a_user(alice: Blog) -> None:
    assert alice.me()["role"] == "user"


@rule(3, "roles")
def test_the_first_admin_is_an_admin(admin: Blog) -> None:
    me = admin.me()

    assert (me["username"], me["email"], me["role"]) == (ADMIN.username, ADMIN.email, "admin")


@pytest.mark.parametrize("field", ["role", "is_admin", "admin", "hashed_password", "id"])
@rule(3, "roles")
def test_nobody_chooses_their_role_at_sign_up(blog: Blog, alice: Blog, field: str) -> None:
    assert alice.me()["role"] == "user"

    expect(blog.sign_up(**{field: "admin"}), 422)


@rule(3, "role-based-access")
def test_admins_may_delete_what_users_may_not(alice: Blog, bob: Blog, admin: Blog) -> None:
    path = f"/posts/{alice.create_post()['id']}"

    expect(bob.request("DELETE", path), 403)
    expect(admin.request("DELETE", path), 204)


@rule(3, "role-based-access")
def test_an_admin_is_told_that_a_post_is_missing(admin: Blog, alice: Blog) -> None:
    expect(admin.request("DELETE", f"/posts/{alice.missing_post()}"), 404)
