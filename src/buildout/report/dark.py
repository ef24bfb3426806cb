"""Colours by night: lightness turned round, hue kept (OKLab, Ottosson 2020)."""

import math

#: The lightness of paper by night, and how much more the blackest ink has.
PAPER, SPAN = 0.19, 0.76
# Full colours of middle lightness stay bright enough to be read on dark paper.
_FULL, _MIDDLE, _BRIGHT = 0.05, (0.35, 0.88), (0.64, 0.72)
_CHROMA_STEP = 0.97


def by_night(color: str) -> str:
    """The counterpart of a colour on dark paper.

    What is darker by day is lighter by night, so that scales keep their order.

    Parameters
    ----------
    color : str
        As `#rrggbb`.

    Examples
    --------
    >>> by_night("#ffffff"), by_night("#000000")
    ('#141414', '#eeeeee')
    """
    lightness, a, b = _oklab(color)
    turned = PAPER + SPAN * (1 - lightness**1.6)
    low, high = _MIDDLE
    if math.hypot(a, b) > _FULL and low <= lightness <= high:
        share = (high - lightness) / (high - low)
        turned = _BRIGHT[0] + share * (_BRIGHT[1] - _BRIGHT[0])
    while (rgb := _linear(turned, a, b)) and not all(-1e-4 <= x <= 1 + 1e-4 for x in rgb):
        a, b = _CHROMA_STEP * a, _CHROMA_STEP * b
    return "#" + "".join(f"{round(255 * _encoded(min(max(x, 0.0), 1.0))):02x}" for x in rgb)


def contrast(color: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 defines it.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    low, high = sorted(_luminance(color) for color in (color, other))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = _decoded(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _decoded(color: str) -> tuple[float, ...]:
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)


def _encoded(x: float) -> float:
    return 12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055


def _oklab(color: str) -> tuple[float, float, float]:
    red, green, blue = _decoded(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
