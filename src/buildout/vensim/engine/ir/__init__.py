"""A model as data: expressions, subscripts, equations in order; no file format, no machine."""
