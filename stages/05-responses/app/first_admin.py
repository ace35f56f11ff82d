"""The first admin: somebody has to be one before anybody can be made one."""

from sqlalchemy.exc import IntegrityError

from app.database import new_session
from app.dependencies import get_new_user
from app.models import Role
from app.schemas import UserCreate
from app.settings import settings


async def create_first_admin() -> None:
    """Store the admin whom the settings name, unless the name or the address is taken.

    Raises pydantic's ValidationError when the settings name one who could not sign up.
    """
    if not (settings.admin_username and settings.admin_email and settings.admin_password):
        return
    body = UserCreate(
        username=settings.admin_username,
        email=settings.admin_email,
        password=settings.admin_password.get_secret_value(),
    )
    async with new_session() as session:
        admin = await get_new_user(body, session)
        admin.role = Role.ADMIN
        session.add(admin)
        try:
            await session.commit()
        except IntegrityError:
            await session.rollback()
