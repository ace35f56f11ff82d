"""Scripts that look at an app from inside, in its own environment: `python run.py NAME JSON`."""
