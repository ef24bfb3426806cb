"""The verdict in the fewest words: the question, classes, readings of the rule, how sure."""

from buildout.outcomes.sureness import LIKELY, ROBUST

#: What the report and the page of sliders answer.
QUESTION = "Will US defense have enough magnets free of China on 1 January 2027?"
CLASS_NAMES = {
    "light NdFeB": "Light magnets",
    "heavy NdFeB": "Heavy magnets",
    "SmCo": "Samarium magnets",
}
#: What the rule lets defense buy, by the letter of its reading.
RULE_READINGS = {
    "A": "From that day a US law (rule regime A) lets defense buy only rare-earth magnets with no "
    "Chinese step, from the mine on.",
    "B": "Read as in a bill of 2026 (rule regime B), a US law would let defense buy only "
    "rare-earth magnets melted and made outside China, and ask for more from 2028 on.",
    "C": "Put off as in a bill of 2026 (rule regime C), a US law would bar defense from rare-earth "
    "magnets with a Chinese step, from the mine on, only from 2032.",
}
# Shares of draws from which an answer is all but certain.
_CERTAIN = 0.99
#: The answer in words from a share of draws on, the surest first; below all of them `OTHERWISE`.
ANSWERS = (
    (_CERTAIN, "Almost certainly yes"),
    (ROBUST, "Very likely yes"),
    (LIKELY, "Likely yes"),
    (1 - LIKELY, "Open"),
    (1 - ROBUST, "Probably not"),
    (1 - _CERTAIN, "Very likely not"),
)
OTHERWISE = "Almost certainly not"
