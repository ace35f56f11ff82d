"""The blog API: posts, users and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline

from app import errors, openapi
from app.database import engine, require_newest_schema
from app.dependencies import get_reader
from app.first_admin import create_first_admin
from app.routers import auth, posts, users


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """What stands before `yield` runs when the server starts, what stands after it at the end."""
    await require_newest_schema()
    await create_first_admin()
    yield
    await engine.dispose()


api = APIRouter(prefix="/api/v1", dependencies=[Depends(get_reader)], responses=errors.errors(401))
api.include_router(auth.router)
api.include_router(posts.router)
api.include_router(users.router)

app = FastAPIOffline(
    title="Blog API",
    description=openapi.DESCRIPTION,
    version="1.0.0",
    license_info={"name": "MIT", "identifier": "MIT"},
    servers=[{"url": "/"}],
    openapi_tags=openapi.TAGS,
    generate_unique_id_function=openapi.operation_id,
    lifespan=lifespan,
    exception_handlers=errors.handlers,
)
app.include_router(api)
openapi.complete_openapi(app)
