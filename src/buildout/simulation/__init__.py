"""Pathways run to one labelled Dataset, which is stored and explained; no figures, no verdict."""
