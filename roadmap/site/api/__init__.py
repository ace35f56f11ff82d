"""What each stage says of its own API, and what a client notices from one to the next."""
