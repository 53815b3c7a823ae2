"""Which documents say the same as another one, exactly or nearly: a PDF and its DOCX, a page saved twice.

Texts are compared as sets of three words in a row, by the share that they have in common (Jaccard), estimated
from the smallest hashes of each set: bottom-k sketches (Broder 1997, "On the resemblance and containment of
documents").
"""

from __future__ import annotations

import heapq
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING

from assistant.dutch import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.datatypes import Source

SAME = 0.9
"""Texts that share this part of their stretches are one document; next year's report shares less."""
_IN_A_ROW = 3
_SKETCH = 256


def copies(documents: Iterable[Source]) -> dict[str, str]:
    """Id of a copy → id of the document that it is a copy of: the first of them in the order given."""
    firsts: dict[str, frozenset[int]] = {}
    holding: dict[int, list[str]] = defaultdict(list)
    found: dict[str, str] = {}
    for document in documents:
        sketch = _sketch(document.text)
        similar = {id_ for number in sketch for id_ in holding[number]}
        same = next((id_ for id_ in firsts if id_ in similar and _shared(sketch, firsts[id_]) >= SAME), None)
        if same is not None:
            found[document.id] = same
            continue
        firsts[document.id] = sketch
        for number in sketch:
            holding[number].append(document.id)
    return found


def _sketch(text: str) -> frozenset[int]:
    """The smallest hashes of all stretches of the text; of the whole text where it has no more words."""
    listed = words(text)
    stretches = {
        " ".join(listed[start : start + _IN_A_ROW]) for start in range(max(1, len(listed) - _IN_A_ROW + 1))
    }
    return frozenset(heapq.nsmallest(_SKETCH, {zlib.crc32(stretch.encode()) for stretch in stretches}))


def _shared(one: frozenset[int], other: frozenset[int]) -> float:
    """The estimated share of stretches in common, 0 to 1: of the smallest in either, those that both have."""
    smallest = heapq.nsmallest(_SKETCH, one | other)
    return len(one & other & set(smallest)) / len(smallest)
