"""The model moved on purpose: loops cut, levers pulled, claims tested; pages print the results."""
