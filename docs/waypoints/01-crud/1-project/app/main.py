from fastapi import FastAPI

from app import schemas

app = FastAPI(title="Blog API")

posts = [{"id": 1, "title": "Hello", "content": "World"}]


@app.get("/posts")
def list_posts() -> list[dict[str, object]]:
    """All posts, oldest first."""
    return posts


@app.post("/posts", status_code=201)
def create_post(body: schemas.PostCreate) -> dict[str, object]:
    """Write a post."""
    post = {"id": len(posts) + 1, **body.model_dump()}
    posts.append(post)
    return post
