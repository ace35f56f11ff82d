from fastapi import FastAPI, HTTPException

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


@app.get("/posts/{post_id}")
def read_post(post_id: schemas.Id) -> dict[str, object]:
    """One post."""
    for post in posts:
        if post["id"] == post_id:
            return post
    raise HTTPException(404, "There is no post with this id")
