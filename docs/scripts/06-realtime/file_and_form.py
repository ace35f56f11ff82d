"""The same, with JSON in a field of the form."""

from typing import Annotated

from fastapi import FastAPI, Form, UploadFile
from fastapi.testclient import TestClient
from pydantic import BaseModel, Json

app = FastAPI()


class Post(BaseModel):
    title: str


@app.post("/")
def create_post(post: Annotated[Json[Post], Form()], file: UploadFile) -> Post:
    return post


answer = TestClient(app).post("/", data={"post": '{"title": "Hello"}'}, files={"file": b"x"})
print("a form with JSON in it:", answer.status_code, answer.text)
