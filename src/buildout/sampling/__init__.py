"""Which values the parameters of each draw take; nothing is run here."""
