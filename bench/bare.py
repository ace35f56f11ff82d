"""The limit: FastAPI as it answers with fixed bytes, as many as a page of 20 posts has."""

from fastapi import FastAPI, Response

BYTES = b"x" * 14_000

app = FastAPI()


@app.get("/")
async def answer() -> Response:
    return Response(BYTES)
