"""What a picture may be written as, apart from the drawing library, which is slow to load."""

FORMATS = ("png", "svg", "pdf")
