"""The same sign-up. A background task sends the mail."""

import threading
import time

import uvicorn
from fastapi import BackgroundTasks, FastAPI
from httpx2 import Client, HTTPTransport

app = FastAPI()


@app.post("/users")
def create_user(tasks: BackgroundTasks) -> str:
    tasks.add_task(time.sleep, 5)  # the mail server takes its time
    return "welcome"


server = {"port": 8123, "log_level": "error"}
threading.Thread(target=uvicorn.run, args=[app], kwargs=server, daemon=True).start()
client = Client(transport=HTTPTransport(retries=8), timeout=60)

answer = client.post("http://127.0.0.1:8123/users")

print(answer.status_code, "late" if answer.elapsed.total_seconds() > 5 else "soon")
