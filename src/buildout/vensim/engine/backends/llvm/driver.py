"""The loops around the vector code, as LLVM text: groups of runs, time steps, results.

One call takes a range of groups, so that threads share the work without sharing memory. It gets
one array of 64-bit integers, a table of addresses and counts (`FIELDS`), so that nothing here
depends on the model.
"""

from collections.abc import Callable

from buildout.vensim.engine.backends.llvm.vectors import Target
from buildout.vensim.engine.request import (
    DELAY_ORDER,
    FLOOR_TOLERANCE,
    NEGATIVE_STOCK,
    NON_FINITE,
    OK,
)

#: Places in the table handed to `drive`; "p_" addresses, "n_" counts, "i_" slots.
FIELDS = (
    "p_values",  # slots of `GROUPS` groups
    "n_homes",  # bytes of a group's slots that keep their value
    "n_group",  # bytes of all of them
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
    "p_final",  # memory for all states and the lowest value, of `GROUPS` groups
    "p_floors",  # slots of pipes that must not be negative
    "n_floors",
    "p_pipes",  # triples of slots: state, what enters, length
    "n_pipes",
    "p_past",  # what entered each pipe, (GROUPS, n_pipes, n_steps)
    "p_first",  # what each pipe held at the start, (GROUPS, n_pipes)
    "n_first_group",
    "n_last_group",
)


#: Slots that every kernel has in common.
TIME_SLOT, SHORT_SLOT, FINITE_SLOT, LOWEST_SLOT, EXTREME_SLOT = range(5)

#: Status of a run that this code cannot do, as it has a divisor without a good reciprocal.
UNDONE = 127

#: Groups that take a step together.
GROUPS = 4


class _Text:
    """LLVM text with loops."""

    def __init__(self, target: Target) -> None:
        self.target, self.vector = target, target.vector
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

    def store(self, value: str, base: str, index: str, kind: str, align: int) -> None:
        self.do(f"store {kind} {value}, ptr {self.at(base, index, kind)}, align {align}")

    def load_vector(self, base: str, index: str) -> str:
        return self.load(base, index, self.vector, self.target.align)

    def store_vector(self, value: str, base: str, index: str) -> None:
        self.store(value, base, index, self.vector, self.target.align)

    def everywhere(self, number: str) -> str:
        lane = self.put(f"insertelement {self.vector} undef, double {number}, i32 0")
        zeros = f"<{self.target.lanes} x i32> zeroinitializer"
        return self.put(f"shufflevector {self.vector} {lane}, {self.vector} undef, {zeros}")

    def pick(self, condition: str, a: str, b: str) -> str:
        return self.put(
            f"select {self.target.truth} {condition}, {self.vector} {a}, {self.vector} {b}"
        )

    def integer(self, operation: str, a: str, b: str | int) -> str:
        return self.put(f"{operation} i64 {a}, {b}")

    def loop(self, count: str, body: Callable[[str], None]) -> None:
        """`body(index)` for each index from 0 up to `count`, which may be 0."""
        self.total(count, None, body)

    def total(self, count: str, first: str | None, body: Callable[[str], str | None]) -> str:
        """The sum of `first` and what `body(index)` gives for each index, one after the other."""
        before, head, inside, last, after = (
            self.new(name) for name in ("before", "head", "body", "last", "after")
        )
        index, following = f"%{self.new('i')}", f"%{self.new('n')}"
        total, added = f"%{self.new('t')}", f"%{self.new('a')}"
        self.do(f"br label %{before}")
        self.label(before)
        self.do(f"br label %{head}")
        self.label(head)
        self.do(f"{index} = phi i64 [0, %{before}], [{following}, %{last}]")
        if first:
            self.do(f"{total} = phi {self.vector} [{first}, %{before}], [{added}, %{last}]")
        more = self.put(f"icmp slt i64 {index}, {count}")
        self.do(f"br i1 {more}, label %{inside}, label %{after}")
        self.label(inside)
        term = body(index)
        self.do(f"br label %{last}")
        self.label(last)
        if first:
            self.do(f"{added} = fadd {self.vector} {total}, {term}")
        self.do(f"{following} = add i64 {index}, 1")
        self.do(f"br label %{head}")
        self.label(after)
        return total

    def when(self, condition: str, body: Callable[[], None]) -> None:
        self.choose(condition, body, lambda: None)

    def choose(
        self, condition: str, body: Callable[[], None], otherwise: Callable[[], None]
    ) -> None:
        inside, instead, after = self.new("then"), self.new("else"), self.new("after")
        self.do(f"br i1 {condition}, label %{inside}, label %{instead}")
        for label, part in ((inside, body), (instead, otherwise)):
            self.label(label)
            part()
            self.do(f"br label %{after}")
        self.label(after)


class _Group:
    """One of the groups that take a step together: its memory, and its first run."""

    def __init__(self, t: _Text, place: str, first: str):
        self.t, self.place = t, place
        self.run = t.integer("mul", t.integer("add", place, first), t.target.lanes)
        self.base = t.at("%p_values", t.integer("mul", place, "%n_group"), "i8")

    def value(self, slot: str | int) -> str:
        return self.t.load_vector(self.base, str(slot))

    def keep(self, value: str, slot: str | int) -> None:
        self.t.store_vector(value, self.base, str(slot))

    def own(self, base: str, count: str) -> str:
        """This group's part of an array of so many vectors for each."""
        return self.t.at(base, self.t.integer("mul", self.place, count), self.t.vector)


def driver(target: Target) -> str:
    """The text of `drive`, which calls `begin`, `step` and `record`."""
    t = _Text(target)
    for place, name in enumerate(FIELDS):
        kind = "ptr" if name.startswith("p_") else "i64"
        address = t.at("%fields", str(place))
        t.do(f"%{name} = load {kind}, ptr {address}, align 8")
    t.do("%p_places_of = getelementptr i8, ptr %p_values, i64 %n_homes")
    groups = t.integer("sub", "%n_last_group", "%n_first_group")
    sets = t.integer("sdiv", t.integer("add", groups, GROUPS - 1), GROUPS)

    def one_set(index: str) -> None:
        first = t.integer("add", t.integer("mul", index, GROUPS), "%n_first_group")
        left = t.integer("sub", "%n_last_group", first)
        fewer = t.put(f"icmp slt i64 {left}, {GROUPS}")
        count = t.put(f"select i1 {fewer}, i64 {left}, i64 {GROUPS}")
        _Set(t, first, count).run()

    t.loop(sets, one_set)
    lines = "\n".join(t.lines)
    text = f"define void @drive(ptr noalias %fields) {{\nentry:\n{lines}\n  ret void\n}}\n"
    # What marks a store as one that need not stay in near memory.
    return text + "!0 = !{i32 1}\n"


class _Set:
    """Groups of runs that go through all steps together."""

    def __init__(self, t: _Text, first: str, count: str):
        self.t, self.first, self.count = t, first, count
        self.end = t.at("%p_values", t.integer("mul", count, "%n_group"), "i8")

    def run(self) -> None:
        self.each(self._parameters)
        self.call("begin")
        self.each(self._first_of_pipes)
        self.t.loop("%n_steps", self._step)
        self.each(self._end)

    def each(self, body: Callable[[_Group], None]) -> None:
        self.t.loop(self.count, lambda place: body(_Group(self.t, place, self.first)))

    def call(self, phase: str) -> None:
        self.t.do(
            f"call void @{phase}(ptr %p_values, ptr %p_places_of, ptr {self.end}, i64 %n_group)"
        )

    def _parameters(self, g: _Group) -> None:
        t = self.t

        def alike(i: str) -> None:
            g.keep(t.everywhere(t.load("%p_uniform", i, "double")), t.load("%p_uniform_slots", i))

        def differing(i: str) -> None:
            place = t.integer("add", t.integer("mul", i, "%n_stride"), g.run)
            value = t.put(f"load {t.vector}, ptr {t.at('%p_varying', place, 'double')}, align 8")
            g.keep(value, t.load("%p_varying_slots", i))

        t.loop("%n_uniform", alike)
        t.loop("%n_varying", differing)
        for slot in (FINITE_SLOT, LOWEST_SLOT):
            g.keep(t.target.literal(0.0), slot)
        g.keep(t.everywhere(t.load("%p_steps", "0", "double")), TIME_SLOT)

    def _first_of_pipes(self, g: _Group) -> None:
        first = g.own("%p_first", "%n_pipes")
        self.t.loop(
            "%n_pipes", lambda i: self.t.store_vector(g.value(_pipe(self.t, i, 0)), first, i)
        )

    def _step(self, k: str) -> None:
        t = self.t
        time = t.everywhere(t.load("%p_steps", k, "double"))
        self.each(lambda g: g.keep(time, TIME_SLOT))
        row = t.load("%p_places", k)
        after = t.integer("add", k, 1)
        more = t.put(f"icmp slt i64 {after}, %n_steps")
        t.choose(
            t.put(f"icmp sge i64 {row}, 0"),
            lambda: self._record(row, more),
            lambda: t.when(more, lambda: self.call("step")),
        )
        t.when(more, lambda: self.each(lambda g: _through_pipes(t, g, k, after)))

    def _record(self, row: str, more: str) -> None:
        t = self.t
        last = t.put(f"xor i1 {more}, true")
        # A step moves the states as it goes; those at the final time are put back.
        t.when(last, lambda: self.each(self._put_aside))
        self.call("record")
        start = t.integer("mul", row, "%n_stride")
        t.loop("%n_out", lambda i: self._save(i, start))
        self.each(
            lambda g: _watch_finite(g, "%n_out", lambda i: g.value(t.load("%p_out_slots", i)))
        )
        t.when(last, lambda: self.each(self._put_back))

    def _save(self, i: str, start: str) -> None:
        t = self.t
        slot = t.load("%p_out_slots", i)
        first = t.integer("add", t.integer("mul", i, "%n_out_size"), start)

        def save(g: _Group) -> None:
            # Nobody reads these soon, so they need not drive other things out of near memory.
            address = t.at("%p_out", t.integer("add", first, g.run), "double")
            value = g.value(slot)
            t.do(
                f"store {t.vector} {value}, ptr {address}, align {t.target.align}, !nontemporal !0"
            )

        self.each(save)

    def _put_aside(self, g: _Group) -> None:
        t, aside = self.t, g.own("%p_final", _one_more(self.t))
        t.loop("%n_states", lambda i: t.store_vector(g.value(t.load("%p_states", i)), aside, i))
        t.store_vector(g.value(LOWEST_SLOT), aside, "%n_states")

    def _put_back(self, g: _Group) -> None:
        t, aside = self.t, g.own("%p_final", _one_more(self.t))
        t.loop("%n_states", lambda i: g.keep(t.load_vector(aside, i), t.load("%p_states", i)))
        g.keep(t.load_vector(aside, "%n_states"), LOWEST_SLOT)

    def _end(self, g: _Group) -> None:
        t = self.t
        _watch_finite(g, "%n_states", lambda i: g.value(t.load("%p_states", i)))
        status = t.target.literal(OK)
        for test, slot, against, code in (
            ("olt", LOWEST_SLOT, -FLOOR_TOLERANCE, NEGATIVE_STOCK),
            ("uno", FINITE_SLOT, 0.0, NON_FINITE),
            ("ogt", SHORT_SLOT, 0.0, DELAY_ORDER),
            ("ogt", EXTREME_SLOT, 0.0, UNDONE),
        ):
            failed = t.put(f"fcmp {test} {t.vector} {g.value(slot)}, {t.target.literal(against)}")
            status = t.pick(failed, t.target.literal(code), status)
        t.do(f"store {t.vector} {status}, ptr {t.at('%p_status', g.run, 'double')}, align 8")


def _one_more(t: _Text) -> str:
    return t.integer("add", "%n_states", 1)


def _pipe(t: _Text, pipe: str, which: int) -> str:
    return t.load("%p_pipes", t.integer("add", t.integer("mul", pipe, 3), which))


def _through_pipes(t: _Text, g: _Group, k: str, after: str) -> None:
    """Let out of each pipe what entered it so many steps ago, and watch its floor."""
    first = g.own("%p_first", "%n_pipes")
    past_of_group = g.own("%p_past", t.integer("mul", "%n_pipes", "%n_steps"))

    def through(pipe: str) -> None:
        past = t.integer("mul", pipe, "%n_steps")
        t.store_vector(g.value(_pipe(t, pipe, 1)), past_of_group, t.integer("add", past, k))
        state, length = (
            t.integer("mul", _pipe(t, pipe, which), t.target.lanes) for which in (0, 2)
        )

        def lane(i: str) -> None:
            place = t.integer("add", length, i)
            steps = t.put(f"fptosi double {t.load(g.base, place, 'double')} to i64")
            entered = t.integer("sub", after, steps)
            from_past = t.integer("mul", t.integer("add", past, entered), t.target.lanes)
            from_first = t.integer("mul", pipe, t.target.lanes)
            inside = t.put(f"icmp sge i64 {entered}, 0")
            base = t.put(f"select i1 {inside}, ptr {past_of_group}, ptr {first}")
            offset = t.put(f"select i1 {inside}, i64 {from_past}, i64 {from_first}")
            value = t.load(base, t.integer("add", offset, i), "double")
            t.store(value, g.base, t.integer("add", state, i), "double", 8)

        t.loop(str(t.target.lanes), lane)

    def watch_floor(i: str) -> None:
        value, low = g.value(t.load("%p_floors", i)), g.value(LOWEST_SLOT)
        below = t.put(f"fcmp olt {t.vector} {value}, {low}")
        g.keep(
            t.pick(below, value, low),
            LOWEST_SLOT,
        )

    t.loop("%n_pipes", through)
    t.loop("%n_floors", watch_floor)


def _watch_finite(g: _Group, count: str, value: Callable[[str], str]) -> None:
    # Zero times a number is zero, times infinity or NaN it is NaN, which then stays.
    def nothing(i: str) -> str:
        return g.t.put(f"fmul {g.t.vector} {value(i)}, {g.t.target.literal(0.0)}")

    g.keep(g.t.total(count, g.value(FINITE_SLOT), nothing), FINITE_SLOT)
