"""The blocks of a page as HTML, and the proof that what it points to exists."""
