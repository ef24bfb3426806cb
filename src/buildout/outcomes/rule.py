"""The magnet rule's date, and what it takes to be covered."""

#: 1 January 2027, from which the rule counts what is delivered.
RULE_DATE = 2027.0
#: Years that coverage must be held: less is a stock run down, or a dip in the need.
SUSTAINED = 1.0
#: All of a need.
FULL = 1.0
