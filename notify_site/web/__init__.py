"""The web server: what may come in, how much of it, and how much is worked on at a time."""
