"""Requests made up from each stage's own OpenAPI document."""
