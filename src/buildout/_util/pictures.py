"""What a picture may be written as, apart from the drawing library, which is slow to load."""

FORMATS = ("png", "svg", "pdf")
#: A slide of 16:9, a column of a journal (89 mm), a telephone.
PAPERS = ("slide", "column", "phone")


def picture_file(name: str, page: str, kind: str) -> str:
    """The file of a picture: that of a slide has its name alone, others say their paper after it.

    Examples
    --------
    >>> picture_file("money", "slide", "png"), picture_file("money", "phone", "svg")
    ('money.png', 'money-phone.svg')
    """
    return f"{name if page == PAPERS[0] else f'{name}-{page}'}.{kind}"
