"""The database: where it is and how to open a session on it."""

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.settings import settings

# SQLite lets one connection write at a time. The others wait, for up to 60 seconds.
# No request waits for a connection: it would hold a thread meanwhile,
# and a request that has a connection may need that thread to go on.
engine = create_engine(settings.database_url, connect_args={"timeout": 60}, max_overflow=-1)

# Loaded objects stay readable after the commit and after the session is closed.
new_session = sessionmaker(engine, expire_on_commit=False)
