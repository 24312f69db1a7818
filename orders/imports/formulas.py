"""Cells that a spreadsheet would run as a formula: kept as text here, disarmed in every file we give out."""

ARMED = ("=", "+", "-", "@", "\t", "\r")


def disarmed(cell: str) -> str:
    """The cell with a leading apostrophe where a spreadsheet would calculate it."""
    return f"'{cell}" if cell.startswith(ARMED) else cell


def plain(cell: str) -> str:
    """The cell as it was before `disarmed`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(ARMED) else cell
