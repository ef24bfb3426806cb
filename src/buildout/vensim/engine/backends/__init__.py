"""What runs a plan: NumPy, LLVM, and PySD as the reference; no parsing."""
