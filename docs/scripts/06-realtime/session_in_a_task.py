"""A route that gives its session to a background task."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import engine
from app.dependencies import get_db
from app.models import User

app = FastAPI()


@app.get("/")
def read_root(
    session: Annotated[AsyncSession, Depends(get_db, scope="function")], tasks: BackgroundTasks
) -> None:
    tasks.add_task(session.get, User, 1)


status = TestClient(app).get("/").status_code

print(status, engine.pool.status().rpartition("Current ")[2])
