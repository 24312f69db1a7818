"""The version before this one: its tables, filled with everything that an update must not lose."""
