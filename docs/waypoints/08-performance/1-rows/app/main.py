"""The blog API: posts, users and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

from app import errors, openapi, realtime
from app.database import engine, warm_up
from app.first_admin import create_first_admin
from app.logging import set_up_log
from app.middleware import AnswerErrors, Head, ProcessTime, RequestId, ShortStartError
from app.routers import auth, posts, users
from app.settings import settings

set_up_log()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts, the lines after it when it stops."""
    try:
        await warm_up()
        await create_first_admin()
        yield
    finally:
        await engine.dispose()


# From the outside to the inside: a request passes them in this order, a response in the other.
middleware = [
    Middleware(ShortStartError),
    Middleware(RequestId),
    Middleware(ProcessTime),
    Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_credentials=settings.cors_credentials,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["X-Request-ID", "X-Process-Time", "Location", "Link", "Retry-After"],
    ),
    Middleware(Head),
    Middleware(AnswerErrors),
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
