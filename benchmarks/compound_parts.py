"""Makes assistant/data/compounds/parts.txt: the words of OpenTaal's list that Dutch compounds are made of.

    python benchmarks/compound_parts.py /usr/share/dict/dutch

The list comes with Debian's package wdutch. A word is kept when it is the first or last part of at least
LEAST longer words of the list (LEAST_OF_THREE when it has three letters); the figure beside it says of how
many.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from assistant.compounds import LINKS, MIN_WORD, PARTS
from assistant.dutch import fold

LEAST, LEAST_OF_THREE = 5, 50
MIN_PART, MAX_PART = 3, 14
AFFIXES = frozenset(
    {
        "ver",
        "her",
        "ont",
        "ring",
        "king",
        "ting",
        "aren",
        "elen",
        "enen",
        "eren",
        "heid",
        "lijk",
        "ling",
        "loos",
        "schap",
        "sel",
        "ster",
    }
)
"""Words, or what the list takes for words, that are mostly beginnings or endings of other words."""
HEADER = """\
# Words that Dutch compounds are made of, each with the number of compounds that it begins or ends.
# Made by benchmarks/compound_parts.py from the word list of OpenTaal, copyright 2006-2020 OpenTaal,
# 1996 Nederlandstalige TeX Gebruikersgroep, 2001-2005 Simon Brouwer e.a.; licence BSD-3-Clause.
"""


def main(path: str) -> int:
    """Write the file; returns the exit code."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    known = {
        fold(word) for word in lines if word.isalpha() and word.islower() and len(word) >= MIN_PART
    } - AFFIXES
    counts: Counter[str] = Counter()
    for word in known:
        if len(word) < MIN_WORD:
            continue
        for cut in range(MIN_PART, len(word) - MIN_PART + 1):
            first, last = word[:cut], word[cut:]
            head = next((h for h in (first, *(first.removesuffix(link) for link in LINKS)) if h in known), "")
            if head and last in known:
                counts.update((head, last))
    least = {word: LEAST_OF_THREE if len(word) == MIN_PART else LEAST for word in counts}
    kept = sorted(word for word, count in counts.items() if count >= least[word] and len(word) <= MAX_PART)
    PARTS.write_text(HEADER + "".join(f"{word} {counts[word]}\n" for word in kept), encoding="utf-8")
    sys.stdout.write(f"{len(kept)} words of {len(known)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
