"""The task is called where it should be named."""

import asyncio

from fastapi import BackgroundTasks

from app.background import send_welcome_email

tasks = BackgroundTasks()
tasks.add_task(send_welcome_email(1))  # type: ignore[arg-type]
asyncio.run(tasks())
