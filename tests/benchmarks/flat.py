"""A model written out without subscripts: what PySD is fastest with, for a fair comparison."""

import re

from buildout.vensim.engine import System
from buildout.vensim.engine.ir.expressions import Expression, children

INFIX = {op: op for op in ("+", "-", "*", "/", "<", "<=", ">", ">=")}
INFIX |= {"==": "=", "!=": "<>", "and": ":AND:", "or": ":OR:", "pow": "^"}
FUNCTIONS = {
    "min": "MIN",
    "max": "MAX",
    "abs": "ABS",
    "trunc": "INTEGER",
    "sqrt": "SQRT",
    "exp": "EXP",
    "log": "LN",
    "sin": "SIN",
    "cos": "COS",
    "tan": "TAN",
    "asin": "ARCSIN",
    "acos": "ARCCOS",
    "atan": "ARCTAN",
    "sinh": "SINH",
    "cosh": "COSH",
    "tanh": "TANH",
    "mod": "MODULO",
    "if": "IF THEN ELSE",
}


class Flat:
    """The text of a flat model, and what its scalars are called there.

    Attributes
    ----------
    text : str
        An `.mdl` file.
    names : dict of str to str
        By scalar id.
    """

    def __init__(self, system: System):
        self.names: dict[str, str] = {}
        self._lines: list[str] = []
        self._tables: dict[Expression, str] = {}
        for scalar, value in system.constants.items():
            self._add(self.name(scalar), repr(value))
        for scalar, formula in system.equations.items():
            text = self.write(formula)
            if scalar in system.at_start:
                text = f"ACTIVE INITIAL({text}, {self.write(system.at_start[scalar])})"
            self._add(self.name(scalar), text)
        for scalar, state in system.states.items():
            flow, initial = self.write(state.update), self.write(state.initial)
            if state.kind not in ("flow", "held"):
                raise NotImplementedError(f"`{scalar}` is not a stock ({state.kind}).")
            text = f"INITIAL({initial})" if state.kind == "held" else f"INTEG({flow}, {initial})"
            self._add(self.name(scalar), text)
        for control, value in system.controls.items():
            self._add(control.upper().replace("_", " "), repr(value))
        self.text = "{UTF-8}\n" + "\n".join(self._lines)

    def name(self, scalar: str) -> str:
        """A name of letters and figures, unlike any function's."""
        if scalar in ("time_step", "initial_time", "final_time", "saveper"):
            return scalar.upper().replace("_", " ")
        plain = re.sub(r"[\W_]+", " ", scalar).strip()
        return self.names.setdefault(scalar, f"x{len(self.names)} {plain}")

    def write(self, node: Expression) -> str:
        """One expression in Vensim's notation."""
        head = node[0]
        if head == "c":
            return repr(node[1]) if node[1] >= 0 else f"(0-{-node[1]!r})"
        if head == "t":
            return "Time"
        if head == "v":
            return self.name(node[1])
        if head == "lookup":
            return self._table(node)
        parts = [self.write(child) for child in children(node)]
        if head == "neg":
            return f"(0-{parts[0]})"
        if head == "not":
            return f":NOT: ({parts[0]})"
        if head in INFIX:
            return f"({parts[0]} {INFIX[head]} {parts[1]})"
        return f"{FUNCTIONS[head]}({', '.join(parts)})"

    def _table(self, node: Expression) -> str:
        """A lookup as a variable of its own: Vensim has WITH LOOKUP nowhere else."""
        if node not in self._tables:
            xs, ys = zip(*node[1], strict=True)
            points = ",".join(f"({x!r},{y!r})" for x, y in node[1])
            box = f"[({min(xs)!r},{min(ys)!r})-({max(xs)!r},{max(ys)!r})]"
            self._tables[node] = f"table {len(self._tables)}"
            argument = self.write(node[2])
            self._add(self._tables[node], f"WITH LOOKUP({argument}, ({box},{points}))")
        return self._tables[node]

    def _add(self, name: str, text: str) -> None:
        self._lines.append(f"{name} = {text}\n\t~\t\n\t~\t\t|\n")
