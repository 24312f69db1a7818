"""Databases full of rows, for measurements."""
