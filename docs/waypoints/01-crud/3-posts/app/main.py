"""The blog API: posts and users."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import models, schemas
from app.database import engine, new_session


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The lines before `yield` run when the server starts."""
    models.Base.metadata.create_all(engine)
    yield


app = FastAPI(title="Blog API", lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def refuse_invalid_input(request: Request, error: RequestValidationError) -> Response:
    """422 without the input, which may be a secret or may not even be valid Unicode."""
    detail = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return JSONResponse({"detail": detail}, 422)


@app.exception_handler(StaleDataError)
async def report_deletion(request: Request, error: StaleDataError) -> Response:
    """404 when another request deletes a row while this one changes it."""
    return JSONResponse({"detail": "It was deleted a moment ago"}, 404)


def error_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route can answer, for its documentation."""
    return {status: {"model": schemas.Error} for status in statuses}


@app.get("/posts", response_model=list[schemas.Post])
def list_posts() -> Sequence[models.Post]:
    """All posts, oldest first."""
    with new_session() as session:
        return session.scalars(select(models.Post).order_by(models.Post.id)).all()


@app.post("/posts", status_code=201, response_model=schemas.Post, responses=error_docs(400))
def create_post(body: schemas.PostCreate, response: Response) -> models.Post:
    """Write a post."""
    with new_session() as session:
        post = models.Post(**body.model_dump())
        session.add(post)
        session.commit()
    response.headers["Location"] = f"/posts/{post.id}"
    return post


@app.get("/posts/{post_id}", response_model=schemas.Post, responses=error_docs(404))
def read_post(post_id: schemas.Id) -> models.Post:
    """One post."""
    with new_session() as session:
        return find_post(session, post_id)


@app.put("/posts/{post_id}", response_model=schemas.Post, responses=error_docs(400, 404))
def replace_post(post_id: schemas.Id, body: schemas.PostCreate) -> models.Post:
    """Replace all fields of a post."""
    with new_session() as session:
        post = find_post(session, post_id)
        post.apply(body.model_dump())
        session.commit()
        return post


@app.patch("/posts/{post_id}", response_model=schemas.Post, responses=error_docs(400, 404))
def update_post(post_id: schemas.Id, body: schemas.PostUpdate) -> models.Post:
    """Change the fields of a post that the body names."""
    with new_session() as session:
        post = find_post(session, post_id)
        post.apply(body.model_dump())
        session.commit()
        return post


@app.delete("/posts/{post_id}", status_code=204, responses=error_docs(404))
def delete_post(post_id: schemas.Id) -> None:
    """Delete a post."""
    with new_session() as session:
        session.delete(find_post(session, post_id))
        session.commit()


def find_post(session: Session, post_id: int) -> models.Post:
    """The post with this id; 404 if there is none."""
    post = session.get(models.Post, post_id)
    if post is None:
        raise HTTPException(404, "There is no post with this id")
    return post
