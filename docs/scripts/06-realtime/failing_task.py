"""A sign-up whose task fails: its database is gone."""

import logging
from unittest.mock import patch

from fastapi.testclient import TestClient

from app.main import app

CAT = {"username": "cat", "email": "cat@example.com", "password": "correct horse"}

logging.disable()  # the log comes below

with patch("app.background.new_session", side_effect=OSError("no database")):
    print("status:", TestClient(app).post("/api/v1/users", json=CAT).status_code)
