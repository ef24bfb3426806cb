"""What runs a schedule: NumPy, LLVM, and PySD as the reference; no parsing."""
