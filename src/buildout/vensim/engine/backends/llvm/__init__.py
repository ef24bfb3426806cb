"""A schedule as LLVM text, compiled once and called from any thread."""
