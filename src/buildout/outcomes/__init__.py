"""What is read off a run: dates, the verdict, indicators; pure functions of a Dataset."""
