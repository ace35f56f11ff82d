"""The task alone, without a database: what does the log say?"""

import asyncio
from unittest.mock import patch

from app import background

with patch("app.background.new_session", side_effect=OSError("no database")):
    asyncio.run(background.send_welcome_email(1))
