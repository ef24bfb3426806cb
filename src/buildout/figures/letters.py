"""What the letters of the figures can show, and how much room a word takes."""

from functools import cache

from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import FT2Font

from buildout.figures.style import RC


def drawable(text: str) -> bool:
    """Whether the font of the figures has a letter for every sign; others would be empty boxes.

    Examples
    --------
    >>> drawable("Caf\u00e9 \u0430\u0431\u0432"), drawable("\u4e2d\u56fd")
    (True, False)
    """
    return all(_font().get_char_index(ord(sign)) for sign in text)


def width(text: str) -> float:
    """How wide a text is drawn, in multiples of the size of its letters.

    Examples
    --------
    >>> width("WWW") > 3 * width("i")
    True
    """
    return sum(map(_advance, text))


@cache
def _font() -> FT2Font:
    return get_font(findfont(RC["font.sans-serif"][0]))


@cache
def _advance(sign: str) -> float:
    font = _font()
    font.set_size(1, 72)
    return float(font.load_char(ord(sign)).linearHoriAdvance) / 65536
