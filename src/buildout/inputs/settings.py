"""A setting of a lever: as a pathway file, a mapping or the command line gives it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from buildout.errors import InputError


@dataclass(frozen=True)
class Setting:
    """A value for a constant of the model, with the reason for it.

    Attributes
    ----------
    lever : str
        Name of any constant, with subscripts to set single elements.
    value : float
        In the model's unit.
    unit : str
        Checked against the model when given.
    source : str
        Source ids, or "judgement".
    note : str
        Why this value.
    origin : str
        Where it was set: a file's name, or "--set".
    """

    lever: str
    value: float
    unit: str = ""
    source: str = ""
    note: str = ""
    origin: str = ""


def as_settings(settings: Mapping[str, Any] | Iterable[Setting] | None) -> tuple[Setting, ...]:
    """Settings from a mapping of names to values, or as they are."""
    if settings is None:
        return ()
    if isinstance(settings, Mapping):
        return tuple(Setting(str(name), value) for name, value in settings.items())
    return tuple(settings)


def parse_setting(written: str) -> Setting:
    """A setting as typed at the command line: `lever=value`, with a unit after a blank if liked.

    Examples
    --------
    >>> parse_setting("price floor=110 USD/kg")
    Setting(lever='price floor', value=110.0, unit='USD/kg', source='', note='', origin='--set')
    """
    lever, sign, value = written.rpartition("=")
    number, _, unit = value.strip().partition(" ")
    if not sign or not lever.strip() or not number:
        raise InputError(f"Found `--set {written}`.", 'Accepted: `--set "lever=value"`.')
    try:
        return Setting(lever.strip(), float(number), unit.strip(), origin="--set")
    except ValueError:
        raise InputError(
            f"`{lever.strip()}` is set to `{value.strip()}`.", "A number is accepted."
        ) from None
