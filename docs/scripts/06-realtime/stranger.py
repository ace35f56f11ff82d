"""A stranger sends 100 megabytes to a route that needs a token."""

from collections.abc import Iterator

from fastapi import Depends, FastAPI, UploadFile
from fastapi.security import OAuth2PasswordBearer
from fastapi.testclient import TestClient

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}

app = FastAPI()
sent = 0


@app.post("/", dependencies=[Depends(OAuth2PasswordBearer("token"))])
def upload(file: UploadFile) -> None:
    pass


def megabytes() -> Iterator[bytes]:
    global sent
    yield HEAD
    for _ in range(100):
        sent += 1
        yield bytes(1_000_000)
    yield TAIL


answer = TestClient(app).post("/", content=megabytes(), headers=FORM)

print(answer.status_code, "after", sent, "megabytes")
