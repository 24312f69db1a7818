"""Refusals: what somebody asked for and cannot have, told apart from faults of the program."""


class CannotDo(Exception):
    """It is not done, for a reason that whoever asked reads: the exception's text, a sentence in their language."""
