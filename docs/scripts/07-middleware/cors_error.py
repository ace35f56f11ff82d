"""A page of another site asks two routes. One of them has a bug."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.testclient import TestClient

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://blog.example"])


@app.get("/works")
def work() -> None:
    pass


@app.get("/fails")
def fail() -> None:
    raise RuntimeError("the inside")


client = TestClient(app, raise_server_exceptions=False)

for path in ("/works", "/fails"):
    answer = client.get(path, headers={"Origin": "https://blog.example"})
    print(path, answer.status_code, answer.headers.get("Access-Control-Allow-Origin"))
