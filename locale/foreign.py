"""What Django and other people's code say on our pages, where they leave it untranslated or say it otherwise than we.

Nothing runs here: `make messages` reads it, and our translation of such a word goes before theirs.
"""
