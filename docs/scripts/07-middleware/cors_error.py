"""A page of another site asks a route that has a bug."""

import logging

from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware
from fastapi.testclient import TestClient

from app.middleware import AnswerErrors

PAGE = {"Origin": "https://blog.example"}
CORS = Middleware(CORSMiddleware, allow_origins=["https://blog.example"])


def fail() -> None:
    raise RuntimeError("the inside")


def ask(middleware: list[Middleware]) -> str:
    app = FastAPI(middleware=middleware)
    app.get("/")(fail)
    answer = TestClient(app, raise_server_exceptions=False).get("/", headers=PAGE)
    return f"{answer.status_code}, allowed: {answer.headers.get('Access-Control-Allow-Origin')}"


logging.disable()
print("CORS alone:", ask([CORS]))
print("AnswerErrors inside:", ask([CORS, Middleware(AnswerErrors)]))
