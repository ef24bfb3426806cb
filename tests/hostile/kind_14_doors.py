"""Kind 14: every door reads numbers, names and files the same way."""

from hostile_rows import Row

ROWS = [
    Row("sweep --draws", "sweep --draws nan --out new", "`--draws` is `nan`.*whole number"),
]
