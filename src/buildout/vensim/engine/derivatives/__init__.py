"""Exact derivatives of a model by its parameters; knows expressions, not backends."""
