"""From PySD's syntax tree to the intermediate form; no backend is known here."""
