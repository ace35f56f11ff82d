"""A route that expects JSON from its clients, and a client that sends a single brace."""

from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient

app = FastAPI()


@app.websocket("/ws")
async def follow(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive_json()


with TestClient(app).websocket_connect("/ws") as client:
    client.send_text("{")
