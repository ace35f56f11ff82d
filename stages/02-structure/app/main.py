"""The blog API: posts and users."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import errors, models
from app.database import engine
from app.routers import posts, users


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts."""
    models.Base.metadata.create_all(engine)
    yield


api = APIRouter(prefix="/api/v1")
api.include_router(posts.router)
api.include_router(users.router)

app = FastAPI(
    title="Blog API",
    lifespan=lifespan,
    exception_handlers=errors.handlers,
    redirect_slashes=False,
)
app.include_router(api)
