"""The loops around the vector code, as LLVM text: groups of runs, time steps, results.

One call takes a range of groups, so that threads share the work without sharing memory. It gets
one array of 64-bit integers, a table of addresses and counts (`FIELDS`), so that nothing here
depends on the model.
"""

from collections.abc import Callable

from buildout.vensim.engine.backends.llvm.vector_math import LANES, TRUTH, VECTOR, literal
from buildout.vensim.engine.request import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    OK,
)

#: Places in the table handed to `drive`; "p_" addresses, "n_" counts, "i_" slots.
FIELDS = (
    "p_values",  # slots of one group
    "p_uniform",  # parameters that are alike in all runs, one number each
    "p_uniform_slots",
    "n_uniform",
    "p_varying",  # parameters that differ, (n_varying, stride)
    "p_varying_slots",
    "n_varying",
    "n_stride",  # runs, rounded up to whole groups
    "p_steps",  # times
    "n_steps",
    "p_places",  # row of the results for each step, or -1
    "p_out",  # results, (n_out, rows, stride)
    "p_out_slots",
    "n_out",
    "n_out_size",  # rows x stride
    "p_status",  # (stride), as floating point
    "p_states",  # slots of all states, to be finite at the end
    "n_states",
    "p_floors",  # slots of stocks that must not be negative
    "n_floors",
    "p_samples",  # pairs of slots: state, next value
    "n_samples",
    "p_pipes",  # triples of slots: state, what enters, length
    "n_pipes",
    "p_past",  # what entered each pipe, (n_pipes, n_steps)
    "p_first",  # what each pipe held at the start, (n_pipes)
    "n_first_group",
    "n_last_group",
)


#: Slots that every kernel has in common.
TIME_SLOT, SHORT_SLOT, FINITE_SLOT, LOWEST_SLOT = range(4)


class _Text:
    """LLVM text with loops."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._count = 0

    def put(self, instruction: str) -> str:
        self._count += 1
        self.lines.append(f"  %d{self._count} = {instruction}")
        return f"%d{self._count}"

    def do(self, instruction: str) -> None:
        self.lines.append(f"  {instruction}")

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")

    def new(self, what: str) -> str:
        self._count += 1
        return f"{what}{self._count}"

    def at(self, base: str, index: str, kind: str = "i64") -> str:
        return self.put(f"getelementptr {kind}, ptr {base}, i64 {index}")

    def load(self, base: str, index: str, kind: str = "i64", align: int = 8) -> str:
        return self.put(f"load {kind}, ptr {self.at(base, index, kind)}, align {align}")

    def store(self, value: str, base: str, index: str, kind: str = VECTOR, align: int = 64) -> None:
        self.do(f"store {kind} {value}, ptr {self.at(base, index, kind)}, align {align}")

    def value(self, slot: str) -> str:
        return self.load("%p_values", slot, VECTOR, 64)

    def everywhere(self, number: str) -> str:
        lane = self.put(f"insertelement {VECTOR} undef, double {number}, i32 0")
        zeros = f"<{LANES} x i32> zeroinitializer"
        return self.put(f"shufflevector {VECTOR} {lane}, {VECTOR} undef, {zeros}")

    def integer(self, operation: str, a: str, b: str | int) -> str:
        return self.put(f"{operation} i64 {a}, {b}")

    def loop(self, count: str, body: Callable[[str], None]) -> None:
        """`body(index)` for each index from 0 up to `count`, which may be 0."""
        before, head, inside, last, after = (
            self.new(name) for name in ("before", "head", "body", "last", "after")
        )
        index, following = f"%{self.new('i')}", f"%{self.new('n')}"
        self.do(f"br label %{before}")
        self.label(before)
        self.do(f"br label %{head}")
        self.label(head)
        self.do(f"{index} = phi i64 [0, %{before}], [{following}, %{last}]")
        more = self.put(f"icmp slt i64 {index}, {count}")
        self.do(f"br i1 {more}, label %{inside}, label %{after}")
        self.label(inside)
        body(index)
        self.do(f"br label %{last}")
        self.label(last)
        self.do(f"{following} = add i64 {index}, 1")
        self.do(f"br label %{head}")
        self.label(after)

    def when(self, condition: str, body: Callable[[], None]) -> None:
        inside, after = self.new("then"), self.new("after")
        self.do(f"br i1 {condition}, label %{inside}, label %{after}")
        self.label(inside)
        body()
        self.do(f"br label %{after}")
        self.label(after)


def _drive() -> str:
    t = _Text()
    for place, name in enumerate(FIELDS):
        kind = "ptr" if name.startswith("p_") else "i64"
        address = t.at("%fields", str(place))
        t.do(f"%{name} = load {kind}, ptr {address}, align 8")
    groups = t.integer("sub", "%n_last_group", "%n_first_group")

    def one_group(index: str) -> None:
        run = t.integer("mul", t.integer("add", index, "%n_first_group"), LANES)
        _begin(t, run)
        t.loop("%n_steps", lambda k: _step(t, run, k))
        _end(t, run)

    t.loop(groups, one_group)
    lines = "\n".join(t.lines)
    return f"define void @drive(ptr noalias %fields) {{\nentry:\n{lines}\n  ret void\n}}\n"


def _begin(t: _Text, run: str) -> None:
    """Parameters in, initial values out."""

    def alike(i: str) -> None:
        value = t.everywhere(t.load("%p_uniform", i, "double"))
        t.store(value, "%p_values", t.load("%p_uniform_slots", i))

    def differing(i: str) -> None:
        place = t.integer("add", t.integer("mul", i, "%n_stride"), run)
        value = t.put(f"load {VECTOR}, ptr {t.at('%p_varying', place, 'double')}, align 8")
        t.store(value, "%p_values", t.load("%p_varying_slots", i))

    t.loop("%n_uniform", alike)
    t.loop("%n_varying", differing)
    for slot in (FINITE_SLOT, LOWEST_SLOT):
        t.store(literal(0.0), "%p_values", str(slot))
    t.store(t.everywhere(t.load("%p_steps", "0", "double")), "%p_values", str(TIME_SLOT))
    t.do("call void @begin(ptr %p_values)")
    t.loop("%n_pipes", lambda i: t.store(t.value(_pipe(t, i, 0)), "%p_first", i))
    _watch_floors(t)


def _step(t: _Text, run: str, k: str) -> None:
    t.store(t.everywhere(t.load("%p_steps", k, "double")), "%p_values", str(TIME_SLOT))
    t.do("call void @core(ptr %p_values)")
    row = t.load("%p_places", k)
    t.when(t.put(f"icmp sge i64 {row}, 0"), lambda: _save(t, run, row))
    after = t.integer("add", k, 1)
    t.when(t.put(f"icmp slt i64 {after}, %n_steps"), lambda: _advance(t, k, after))


def _save(t: _Text, run: str, row: str) -> None:
    t.do("call void @diagnose(ptr %p_values)")
    start = t.integer("add", t.integer("mul", row, "%n_stride"), run)

    def save_output(i: str) -> None:
        value = t.value(t.load("%p_out_slots", i))
        place = t.integer("add", t.integer("mul", i, "%n_out_size"), start)
        t.do(f"store {VECTOR} {value}, ptr {t.at('%p_out', place, 'double')}, align 8")
        _watch_finite(t, value)

    t.loop("%n_out", save_output)


def _advance(t: _Text, k: str, after: str) -> None:
    """Move all states to the next step."""

    def sample(i: str) -> None:
        pair = t.integer("mul", i, 2)
        value = t.value(t.load("%p_samples", t.integer("add", pair, 1)))
        t.store(value, "%p_values", t.load("%p_samples", pair))

    t.do("call void @advance(ptr %p_values)")
    t.loop("%n_samples", sample)
    t.loop("%n_pipes", lambda i: _through_pipe(t, i, k, after))
    _watch_floors(t)


def _pipe(t: _Text, pipe: str, which: int) -> str:
    return t.load("%p_pipes", t.integer("add", t.integer("mul", pipe, 3), which))


def _through_pipe(t: _Text, pipe: str, k: str, after: str) -> None:
    past = t.integer("mul", pipe, "%n_steps")
    t.store(t.value(_pipe(t, pipe, 1)), "%p_past", t.integer("add", past, k))
    state, length = (t.integer("mul", _pipe(t, pipe, which), LANES) for which in (0, 2))

    def lane(i: str) -> None:
        place = t.integer("add", length, i)
        steps = t.put(f"fptosi double {t.load('%p_values', place, 'double')} to i64")
        entered = t.integer("sub", after, steps)
        from_past = t.integer("mul", t.integer("add", past, entered), LANES)
        from_first = t.integer("mul", pipe, LANES)
        inside = t.put(f"icmp sge i64 {entered}, 0")
        base = t.put(f"select i1 {inside}, ptr %p_past, ptr %p_first")
        offset = t.put(f"select i1 {inside}, i64 {from_past}, i64 {from_first}")
        value = t.load(base, t.integer("add", offset, i), "double")
        t.store(value, "%p_values", t.integer("add", state, i), "double", 8)

    t.loop(str(LANES), lane)


def _watch_floors(t: _Text) -> None:
    def watch_floor(i: str) -> None:
        value, low = t.value(t.load("%p_floors", i)), t.value(str(LOWEST_SLOT))
        below = t.put(f"fcmp olt {VECTOR} {value}, {low}")
        lower = t.put(f"select {TRUTH} {below}, {VECTOR} {value}, {VECTOR} {low}")
        t.store(lower, "%p_values", str(LOWEST_SLOT))

    t.loop("%n_floors", watch_floor)


def _watch_finite(t: _Text, value: str) -> None:
    # Zero times a number is zero, times infinity or NaN it is NaN, which then stays.
    nothing = t.put(f"fmul {VECTOR} {value}, {literal(0.0)}")
    t.store(
        t.put(f"fadd {VECTOR} {t.value(str(FINITE_SLOT))}, {nothing}"),
        "%p_values",
        str(FINITE_SLOT),
    )


def _end(t: _Text, run: str) -> None:
    t.loop("%n_states", lambda i: _watch_finite(t, t.value(t.load("%p_states", i))))
    status = literal(OK)
    for test, slot, against, code in (
        ("olt", LOWEST_SLOT, -FLOOR_TOLERANCE, NEGATIVE_STOCK),
        ("uno", FINITE_SLOT, 0.0, NON_FINITE),
        ("ogt", SHORT_SLOT, 0.0, DELAY_ORDER),
    ):
        failed = t.put(f"fcmp {test} {VECTOR} {t.value(str(slot))}, {literal(against)}")
        status = t.put(f"select {TRUTH} {failed}, {VECTOR} {literal(code)}, {VECTOR} {status}")
    t.do(f"store {VECTOR} {status}, ptr {t.at('%p_status', run, 'double')}, align 8")


DRIVER = _drive()
