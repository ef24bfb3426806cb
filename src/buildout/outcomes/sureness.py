"""How sure an answer is, in a word: by the share of draws on its side."""

#: From these shares of draws on one side an answer is said to be robust, or likely.
ROBUST, LIKELY = 0.9, 0.7
ROBUST_WORD, LIKELY_WORD, FRAGILE_WORD = "robust", "likely", "fragile"


def sureness(share: float) -> str:
    """robust, likely or fragile, by the share of draws in which something holds, or does not.

    Examples
    --------
    >>> sureness(0.95), sureness(0.02), sureness(0.75), sureness(0.5)
    ('robust', 'robust', 'likely', 'fragile')
    """
    larger = max(share, 1 - share)
    if larger >= ROBUST:
        return ROBUST_WORD
    return LIKELY_WORD if larger >= LIKELY else FRAGILE_WORD
