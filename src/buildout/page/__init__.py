"""The page of sliders: its controls, content and one file; no equation and no number of the model may enter."""
