"""Findings of charts in a sentence: what each pathway makes, the same said once."""

from collections.abc import Callable, Mapping

import numpy as np

from buildout.figures.looks import Look

#: Pathways that a title names one by one.
NAMED_AT_MOST = 3


def under_pathways(
    values: Mapping[str, float],
    looks: Mapping[str, Look],
    words: Callable[[float], str],
) -> str:
    """Values of pathways as words; what is the same is said once, of many the lowest and highest.

    Parameters
    ----------
    values : mapping of str to float
        By pathway.
    looks : mapping of str to Look
        What each is called.
    words : callable
        A value as words, with its unit.

    Examples
    --------
    >>> look = Look("", "-", "o", 1.0, label="hybrid")
    >>> under_pathways({"a": 1.0, "b": 1.04}, {"a": look, "b": look}, lambda v: f"{v:.0f}%")
    '1% under both pathways'
    >>> under_pathways({"a": 1.0}, {"a": look}, lambda v: f"{v:.0f}%")
    '1% under hybrid'
    """
    said = {path: words(value) for path, value in values.items()}
    if len(said) > 1 and len(set(said.values())) == 1:
        return f"{next(iter(said.values()))} under {'both' if len(said) == 2 else 'all'} pathways"
    if len(said) > NAMED_AT_MOST:
        known = {path: value for path, value in values.items() if not np.isnan(value)} or values
        low, high = (choice(known, key=lambda path: known[path]) for choice in (min, max))
        return f"{said[low]} under {looks[low].label} to {said[high]} under {looks[high].label}"
    parts = [f"{text} under {looks[path].label}" for path, text in said.items()]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
