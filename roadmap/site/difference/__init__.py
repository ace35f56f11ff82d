"""What changed between two stages, and the proof that a page tells it."""
