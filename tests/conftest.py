"""What all tests share: small makers (tests/makers.py) and nothing fake but time."""
