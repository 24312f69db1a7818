"""The operator's page: list, thread, client's panel."""
