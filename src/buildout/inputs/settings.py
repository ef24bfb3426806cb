"""A setting of a lever: as a pathway file, a mapping or the command line gives it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from buildout._util.arguments import given_list, kind_in_words
from buildout._util.names import alike, key, quoted
from buildout._util.reading import read_quantity
from buildout.errors import InputError
from buildout.inputs.regimes import REGIME_LEVER, REGIMES, numbered

_ACCEPTED = "A mapping of names to values, or a list of `Setting`,"


@dataclass(frozen=True)
class Setting:
    """A value for a constant of the model, with the reason for it.

    Attributes
    ----------
    lever : str
        Name of any constant, with subscripts to set single elements.
    value : float
        In the model's unit. A letter of the rule's regimes becomes its number.
    unit : str
        Checked against the model when given.
    source : str
        Source ids, or "judgement".
    note : str
        Why this value.
    origin : str
        Where it was set: a file's name, or an option of the command line such as "--set".
    """

    lever: str
    value: float
    unit: str = ""
    source: str = ""
    note: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", numbered(self.lever, self.value))


#: Settings as callers give them: values by the name of a lever, or with all that a file may say.
Settings = Mapping[str, float | str] | Iterable[Setting]


def as_settings(settings: Settings | None) -> tuple[Setting, ...]:
    """Settings from a mapping of names to values, or as they are.

    Raises
    ------
    InputError
        When two keys of a mapping are spellings of one name, or something is no setting.
    """
    if settings is None:
        return ()
    if isinstance(settings, Mapping):
        spelled: dict[str, str] = {}
        for name in map(str, settings):
            first = spelled.setdefault(alike(name), name)
            if first != name:
                raise InputError(
                    f"{quoted(first)} and {quoted(name)} are one lever.", cure="Keep one."
                )
        # A letter becomes a number as the setting is made; other text is refused by the check.
        return tuple(Setting(str(name), value) for name, value in settings.items())  # type: ignore[arg-type]
    given: list[Setting] = []
    several: object = [settings] if isinstance(settings, Setting) else settings
    for setting in given_list(several, "`settings`", _ACCEPTED):
        if not isinstance(setting, Setting):
            raise InputError(
                f"The settings hold {kind_in_words(setting)}.", f"{_ACCEPTED} are accepted."
            )
        given.append(setting)
    return tuple(given)


def parse_setting(written: str) -> Setting:
    """A setting as typed at the command line: `lever=value`, with a unit after it if liked.

    Raises
    ------
    InputError
        For anything else, with a hint where it is plain what was meant.

    Examples
    --------
    >>> parse_setting("price floor=110 USD/kg")
    Setting(lever='price floor', value=110.0, unit='USD/kg', source='', note='', origin='--set')
    """
    lever, sign, value = (part.strip() for part in written.rpartition("="))
    if not sign or not lever or not value:
        raise InputError(
            f"Found `--set` {quoted(written)}.",
            'Accepted: `--set "lever=value"`.',
            "" if sign else "A name of several words needs the quotes.",
        )
    number = numbered(lever, value)
    if isinstance(number, float):
        return Setting(lever, number, origin="--set")
    if key(lever) == key(REGIME_LEVER) and value[:1].isalpha():
        accepted = ", ".join(f"`{letter}`" for letter in REGIMES)
        raise InputError(f"{quoted(lever)} is {quoted(value)}.", f"Accepted: {accepted}.")
    number, unit = read_quantity(value, what=quoted(lever))
    return Setting(lever, number, unit, origin="--set")
