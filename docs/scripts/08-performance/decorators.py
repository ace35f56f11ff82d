"""slowapi's decorator above the route's, and below it."""

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(get_remote_address)
app = FastAPI()
app.state.limiter = limiter


@limiter.limit("2/minute")
@app.get("/above")
async def above(request: Request) -> str:
    return "hello"


@app.get("/below")
@limiter.limit("2/minute")
async def below(request: Request) -> str:
    return "hello"


client = TestClient(app)
for path in ("/above", "/below"):
    print(path, [client.get(path).status_code for _ in range(4)])

try:

    @app.get("/without")
    @limiter.limit("2/minute")
    async def without() -> str:
        return "hello"
except Exception as error:
    print(str(error).partition(" on function")[0])
