"""Results for other programs: Excel, PowerPoint, Word, CSV and the table of the IAMC.

What is said is put together once, as a `Book`; each format writes the same numbers. Nothing is
computed here.
"""
