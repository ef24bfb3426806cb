"""Fits of the few quantities for which observations before 2025.0 exist."""
