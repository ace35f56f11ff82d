"""The lifespan of an app, with a test client and without its `with`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.testclient import TestClient


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    print("start")
    yield
    print("stop")


app = FastAPI(lifespan=lifespan)

print("without:", TestClient(app).get("/docs").status_code)

with TestClient(app) as client:
    print("with:", client.get("/docs").status_code)
