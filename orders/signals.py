"""What happened to orders, told in batches of at most 500, inside the transaction; listeners only write rows."""

from django.dispatch import Signal

orders_moved = Signal()
"""`changes: list[StageChange]`, each with its `order` and `to_stage` loaded. Heard by messaging.robots."""

arrival_changed = Signal()
"""`orders: list[Order]`, whose planned arrival changed, be it by a second; `notify: bool`. Heard likewise."""
