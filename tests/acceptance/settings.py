"""The settings that the shared server and the probes run with."""

from roadmap.course import FIRST_WITH_PASSWORDS, FIRST_WITH_REDIS

from .blog import Account

SECRET = "an-acceptance-secret-of-more-than-sixty-four-bytes-for-every-algorithm"
ADMIN = Account(0, "the-admin", "the-admin@example.com", "the password of the admin")
ADMIN_SETTINGS = {
    "ADMIN_USERNAME": ADMIN.username,
    "ADMIN_EMAIL": ADMIN.email,
    "ADMIN_PASSWORD": ADMIN.password,
}
# Most checks write more than a person does.
NO_LIMITS = {"RATE_LIMIT_WRITES": "1000000/minute", "RATE_LIMIT_LOGIN": "1000000/minute"}
# The contract knows no BCRYPT_ROUNDS: it saves time where there is one, and only time.
QUICK_HASHES = {"BCRYPT_ROUNDS": "4"}

BROUGHT_BY = {
    2: {"JWT_SECRET": SECRET},
    FIRST_WITH_PASSWORDS: ADMIN_SETTINGS | QUICK_HASHES,
    FIRST_WITH_REDIS: NO_LIMITS,
}


def no_limits_at(stage: int) -> dict[str, str]:
    """For a server without settings, where a check needs more requests than its limits allow."""
    return NO_LIMITS if stage >= FIRST_WITH_REDIS else {}


def settings_at(stage: int) -> dict[str, str]:
    """Known secrets, an admin, quick hashes: as far as the stage has such a setting."""
    settings: dict[str, str] = {}
    for brought_by, more in BROUGHT_BY.items():
        settings |= more if brought_by <= stage else {}
    return settings
