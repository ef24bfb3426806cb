"""What the functions of one equation ask for, kept until it is added to the system."""

from buildout.vensim.engine.frontend.scope import Rate
from buildout.vensim.engine.ir.expressions import Expression, fold, variable
from buildout.vensim.engine.ir.system import DelayCheck, State


class EquationScope:
    """The `Scope` of the functions of one equation.

    Attributes
    ----------
    states, helpers, starts, checks, steadies
        What they asked for.
    """

    def __init__(self, scalar: str):
        self.scalar = scalar
        self.states: dict[str, State] = {}
        self.helpers: dict[str, Expression] = {}
        self.starts: dict[str, Expression] = {}
        self.checks: list[DelayCheck] = []
        self.steadies: list[tuple[str, Expression]] = []
        self._serial = 0

    def name(self) -> str:
        return f"{self.scalar}#{self._serial}"

    def share(self, what: str, expression: Expression) -> Expression:
        self._serial += 1
        scalar = f"{self.scalar}#{self._serial}{what}"
        self.helpers[scalar] = expression
        return variable(scalar)

    def flow(self, what: str, initial: Expression, rate: Rate) -> Expression:
        return self.remember("flow", what, initial, rate)

    def remember(
        self,
        kind: str,
        what: str,
        initial: Expression,
        update: Rate,
        delay: Expression | None = None,
    ) -> Expression:
        self._serial += 1
        scalar = f"{self.scalar}#{self._serial}{what}"
        if callable(update):
            update = update(variable(scalar))
        self.states[scalar] = State(
            kind, fold(initial), fold(update), None if delay is None else fold(delay)
        )
        return variable(scalar)

    def at_start(self, expression: Expression, initial: Expression) -> Expression:
        self._serial += 1
        scalar = f"{self.scalar}#{self._serial}active"
        self.helpers[scalar], self.starts[scalar] = expression, initial
        return variable(scalar)

    def check_delay(self, order: int, delay: Expression) -> None:
        self.checks.append(DelayCheck(order, fold(delay)))

    def steady(self, function: str, expression: Expression) -> None:
        self.steadies.append((function, fold(expression)))
