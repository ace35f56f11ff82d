"""The blog API: posts, users and tokens."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import errors, openapi
from app.database import engine, require_newest_schema
from app.first_admin import create_first_admin
from app.routers import auth, posts, users

# Without this, Python shows warnings and errors only.
logging.basicConfig(format="%(levelname)s:     %(message)s")
logging.getLogger("app").setLevel(logging.INFO)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts, the lines after it when it stops."""
    await require_newest_schema()
    await create_first_admin()
    yield
    await engine.dispose()


api = APIRouter(prefix="/api/v1", responses=errors.error_docs(503))
api.include_router(auth.router)
api.include_router(posts.router)
api.include_router(users.router)

app = FastAPI(
    title="Blog API",
    description=openapi.DESCRIPTION,
    version="1.0.0",
    license_info={"name": "MIT", "identifier": "MIT"},
    openapi_tags=openapi.TAGS,
    generate_unique_id_function=openapi.operation_id,
    lifespan=lifespan,
    exception_handlers=errors.handlers,
    redirect_slashes=False,
)
app.include_router(api)
openapi.complete_openapi(app)
