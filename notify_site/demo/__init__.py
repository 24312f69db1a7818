"""A small demo company whose orders move by themselves, so that a fresh installation shows what it does."""
