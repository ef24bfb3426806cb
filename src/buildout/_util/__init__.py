"""Names, files, tables and numbers that any program could use: nothing here knows a model."""
