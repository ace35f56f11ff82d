"""The blog API: posts, users and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import errors
from app.database import create_tables, engine
from app.first_admin import create_first_admin
from app.routers import auth, posts, users


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts, the lines after it when it stops."""
    await create_tables()
    await create_first_admin()
    yield
    await engine.dispose()


api = APIRouter(prefix="/api/v1", responses=errors.error_docs(503))
api.include_router(auth.router)
api.include_router(posts.router)
api.include_router(users.router)

app = FastAPI(
    title="Blog API",
    lifespan=lifespan,
    exception_handlers=errors.handlers,
    redirect_slashes=False,
)
app.include_router(api)
