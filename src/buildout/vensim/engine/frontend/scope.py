"""What a Vensim function may ask of the equation that it stands in."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from buildout.vensim.engine.ir.expressions import Expression

#: A rate of change, or how it is made from the stock itself.
Rate: TypeAlias = Expression | Callable[[Expression], Expression]


class Scope(Protocol):
    """What a function may ask of the equation it stands in."""

    def name(self) -> str:
        """A name that no other call in the model has."""

    def share(self, what: str, expression: Expression) -> Expression:
        """An expression that is needed several times, computed once a step."""

    def flow(self, what: str, initial: Expression, rate: Rate) -> Expression:
        """A hidden stock; `rate` may be a function of the stock."""

    def remember(
        self,
        kind: str,
        what: str,
        initial: Expression,
        update: Rate,
        delay: Expression | None = None,
    ) -> Expression:
        """A hidden state of another kind (see `system.State`); `update` as `rate` above."""

    def at_start(self, expression: Expression, initial: Expression) -> Expression:
        """An expression that is replaced by another while initial values are computed."""

    def check_delay(self, order: int, delay: Expression) -> None:
        """Ask that the delay be at least `order` time steps, per run."""

    def steady(self, function: str, expression: Expression) -> None:
        """Ask that a number of a function stay the same over a run."""
