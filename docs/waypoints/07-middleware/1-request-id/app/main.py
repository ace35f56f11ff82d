"""The blog API: posts, users and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware import Middleware

from app import errors, openapi, realtime
from app.database import engine, require_newest_schema
from app.first_admin import create_first_admin
from app.logging import set_up_log
from app.middleware import ProcessTime, RequestId
from app.routers import auth, posts, users

set_up_log()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts, the lines after it when it stops."""
    await require_newest_schema()
    await create_first_admin()
    yield
    await engine.dispose()


# From the outside to the inside: a request passes them in this order, a response in the other.
middleware = [
    Middleware(RequestId),
    Middleware(ProcessTime),
]

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
    middleware=middleware,
    exception_handlers=errors.handlers,
    redirect_slashes=False,
)
app.include_router(api)
app.include_router(realtime.router)
openapi.complete_openapi(app)
