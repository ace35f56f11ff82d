"""The database: where it is and how to open a session on it."""

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

# SQLite lets one connection write at a time. The others wait, for up to 60 seconds.
engine = create_engine("sqlite:///blog.db", connect_args={"timeout": 60})

# Loaded objects stay readable after the commit and after the session is closed.
new_session = sessionmaker(engine, expire_on_commit=False)
