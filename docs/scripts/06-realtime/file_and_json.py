"""A model and a file in one request."""

from fastapi import FastAPI, UploadFile
from fastapi.testclient import TestClient
from pydantic import BaseModel

app = FastAPI()


class Post(BaseModel):
    title: str


@app.post("/")
def create_post(post: Post, file: UploadFile) -> Post:
    return post


client = TestClient(app)
content = app.openapi()["paths"]["/"]["post"]["requestBody"]["content"]
print("the documentation says:", *content)

answer = client.post("/", json={"title": "Hello"})
print("JSON:", answer.status_code)

answer = client.post("/", data={"post": '{"title": "Hello"}'}, files={"file": b"x"})
print("a form with JSON in it:", answer.status_code, answer.json()["detail"][0]["msg"])
