"""The others, each doing the work of ours as well as it can."""
