"""An application without a route: what stage 1 starts from."""

from fastapi import FastAPI

app = FastAPI()
