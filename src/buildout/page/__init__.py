"""The page of sliders, one file: no second model enters, no equation, nothing of the network."""
