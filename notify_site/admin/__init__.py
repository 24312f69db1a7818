"""Admin pages that show several rooms at once, and what of other packages is shown or hidden."""

from . import calls, clients, gateways, hidden, orders, people

__all__ = ["calls", "clients", "gateways", "hidden", "orders", "people"]
