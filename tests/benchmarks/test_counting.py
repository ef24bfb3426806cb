"""What a time step has to do is counted as a person would count it in the text."""

import pytest
from counting import Count, Functions

V = "<8 x double>"
ONE = "<" + ", ".join(["double 0x3FF0000000000000"] * 8) + ">"

STRAIGHT = f"""
define internal void @core_1(ptr noalias %v) noinline nounwind {{
  %r1 = getelementptr {V}, ptr %v, i64 7
  %r2 = load {V}, ptr %r1, align 64
  %r3 = fmul {V} %r2, {ONE}
  %r4 = fneg {V} %r3
  %r5 = fdiv {V} %r4, %r2
  %r6 = call {V} @llvm.fma.v8f64({V} %r5, {V} %r2, {V} %r3)
  %r7 = call {V} @llvm.fabs.v8f64({V} %r6)
  %r8 = call {V} @llvm.sqrt.v8f64({V} %r7)
  store {V} %r8, ptr %r1, align 64
  ret void
}}
define void @core(ptr noalias %v) noinline nounwind {{
  call void @core_1(ptr %v)
  ret void
}}
define void @advance(ptr noalias %v) noinline nounwind {{
  %r1 = load {V}, ptr %v, align 64
  %r2 = fadd {V} %r1, %r1
  store {V} %r2, ptr %v, align 64
  ret void
}}
define void @diagnose(ptr noalias %v) noinline nounwind {{
  %r1 = load {V}, ptr %v, align 64
  ret void
}}
declare {V} @llvm.fma.v8f64({V}, {V}, {V})
"""


def body(*lines: str) -> Count:
    text = "\n".join(["define void @core(ptr %v) {", *lines, "  ret void", "}"])
    return Functions(text).per_step()


def test_a_step_is_core_and_advance_and_what_they_call():
    assert Functions(STRAIGHT).per_step() == Count(operations=3, divides=2, loads=2, stores=2)


def test_diagnosis_counts_by_itself():
    assert Functions(STRAIGHT).count("diagnose") == Count(loads=1)


def test_a_function_called_twice_counts_twice():
    call = "  call void @core_1(ptr %v)\n"
    twice = Functions(STRAIGHT.replace(call, 2 * call))
    assert twice.count("core") == Functions(STRAIGHT).count("core_1").times(2)


def test_a_step_that_begins_in_one_function_alone_is_counted_once():
    text = STRAIGHT.replace("@core(", "@step(").replace(
        "  call void @core_1(ptr %v)\n",
        "  call void @core_1(ptr %v)\n  call void @advance(ptr %v)\n",
    )
    assert Functions(text).per_step() == Functions(STRAIGHT).per_step()


def test_a_loop_over_groups_counts_once_per_group():
    assert body(
        "entry:",
        "  br label %group",
        "group:",
        "  %g = phi i64 [ 0, %entry ], [ %next, %group ]",
        f"  %a = getelementptr {V}, ptr %v, i64 %g",
        f"  %x = load {V}, ptr %a, align 64",
        f"  %y = fadd {V} %x, {ONE}",
        f"  store {V} %y, ptr %a, align 64",
        "  %next = add i64 %g, 1",
        "  %more = icmp slt i64 %next, 4",
        "  br i1 %more, label %group, label %done",
        "done:",
    ) == Count(operations=1, loads=1, stores=1)


def test_a_minimum_is_one_operation():
    assert body(
        f"  %c = fcmp olt {V} %a, {ONE}",
        f"  %m = select <8 x i1> %c, {V} %a, {V} {ONE}",
    ) == Count(operations=1)


def test_a_choice_between_other_numbers_is_an_operation_of_its_own():
    assert body(
        f"  %c = fcmp olt {V} {ONE}, %a",
        f"  %m = select <8 x i1> %c, {V} %a, {V} %b",
    ) == Count(operations=2)


def test_flags_do_not_hide_an_instruction():
    assert body(
        f"  %x = fmul nnan contract {V} %a, %b",
        f"  %y = tail call fast {V} @llvm.fma.v8f64({V} %a, {V} %b, {V} %x)",
    ) == Count(operations=2)


def test_a_number_for_all_lanes_is_a_load_and_addresses_are_nothing():
    assert body(
        "  %p = load ptr, ptr %v, align 8",
        "  %n = load i64, ptr %p, align 8",
        "  %d = load double, ptr %p, align 8",
        f"  %i = insertelement {V} undef, double %d, i32 0",
        f"  %s = shufflevector {V} %i, {V} undef, <8 x i32> zeroinitializer",
    ) == Count(loads=1)


def test_a_branch_that_calls_the_library_is_out_of_the_ordinary():
    text = f"""
define internal {V} @by_lane({V} %x) {{
entry:
  %e = extractelement {V} %x, i32 0
  %r = call double @pow(double %e, double %e)
  %v = insertelement {V} undef, double %r, i32 0
  ret {V} %v
}}
define internal {V} @power({V} %x) {{
entry:
  %c = fmul {V} %x, %x
  br i1 %every, label %fast, label %slow
slow:
  %s = call {V} @by_lane({V} %x)
  ret {V} %s
fast:
  %f = fadd {V} %c, %x
  ret {V} %f
}}
define void @core(ptr %v) {{
  %r = call {V} @power({V} %a)
  %l = call {V} @by_lane({V} %a)
  ret void
}}
declare double @pow(double, double)
"""
    functions = Functions(text)
    assert functions.count("power") == Count(operations=2)
    assert functions.per_step() == Count(operations=2, library=1)


def test_a_text_without_a_step_is_refused():
    with pytest.raises(ValueError, match="defines none of core, advance, step"):
        Functions("define void @drive(ptr %f) {\n  ret void\n}").per_step()


def test_shares_of_a_count_add_up():
    count = Count(2, 4, 6, 8, 10)
    assert count.times(0.5) + count.times(0.5) == count
