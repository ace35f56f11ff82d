"""The first admin: only an admin can make another one."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import security
from app.database import new_session
from app.models import Role, User
from app.settings import settings


async def create_first_admin() -> None:
    """Store the admin whom the settings name, unless the name or the address is taken."""
    username, email, password = (
        settings.admin_username,
        settings.admin_email,
        settings.admin_password,
    )
    if not (username and email and password):
        return
    async with new_session() as session:
        if await session.scalar(select(User.id).where(User.has_name_or_address(username, email))):
            return
        await session.commit()  # the hash takes long, and needs no connection
        hashed = await security.hash_password(password)
        session.add(User(username=username, email=email, hashed_password=hashed, role=Role.ADMIN))
        try:
            await session.commit()
        except IntegrityError:  # another process, which starts at the same time, was faster
            await session.rollback()
