"""Menus, share buttons, cookie notices and the like in the text of a page that was saved as plain text.

What counts is where a line stands and what lines stand around it, in the manner of boilerpipe (Kohlschütter
et al., 2010) and jusText (Pomikálek, 2011): long lines with function words are running text; before the
first and after the last of those, short lines that name buttons are leftovers, and so is what surrounds
them. Between them a line goes only when the whole of it is such a button. A text without running text is
left alone.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BODY_WORDS = 12
_LONG_BODY_WORDS = 20
_FUNCTION_SHARE = 0.2
_SHORT_WORDS = 6
_NAMING_WORDS = 10
_FUNCTION_WORDS = """
de het een en van in is dat op te voor met die niet zijn aan er om ook als bij of door naar over uit maar dan
nog wel deze dit tot kan wordt worden heeft hebben wij we je u ze hij zij was waren hun hoe wat
the a an and of in is that on to for with it not are as by or from at be this which was were has have we you
they their how what can will
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that stand in any running text, Dutch or English."""
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where two links lost the space between them: "op linkedinOns bedrijf op youtube"."""
_SENTENCE_END = re.compile(r"[.!?:;…]['\"”’)\]]*$")
_WORD = re.compile(r"[^\W\d_]+")
_BUTTON = re.compile(
    r"""(?:
    (?:deel|delen|share|verstuur|stuur|tweet|pin|mail|e-mail|print)\b[^.]{0,40}
      \b(?:artikel|bericht|pagina|post|page|article|facebook|linkedin|twitter|whatsapp|google\+|via:?
      |social\ media:?)
      (?:[^.]{0,20})
    | (?:lees|bekijk)\ (?:ook|meer|verder)(?::?\ .{0,120})? | read\ (?:more|also)(?::?\ .{0,120})?
    | (?:meer|ander)e?\ (?:nieuws|artikelen|berichten) | gerelateerde?\ (?:artikelen|berichten|nieuws)
    | related\ (?:articles|posts|news)
    | (?:\d+\ )?(?:reacties?|comments?)(?:\ \(\d+\))?
    | (?:\S+\ ){0,4}reageer | (?:reageer|reageren)(?:\ op\ dit\ (?:artikel|bericht))?
    | (?:plaats|geef)\ (?:een|je|uw)?\ ?reactie | leave\ a\ (?:reply|comment)
    | cookie[\s-]?(?:instellingen|voorkeuren|verklaring|beleid|settings|policy|statement)s?
    | (?:accepteer|accepteren|weiger|weigeren|beheer|accept|reject|manage)(?:\ (?:alle|all|the))?
      \ cookies?.{0,20}
    | (?:alle\ )?cookies?\ (?:accepteren|weigeren|beheren|toestaan)
    | (?:deze|onze)\ (?:site|website)\ (?:gebruikt|maakt\ gebruik\ van)\ cookies.{0,200}
    | (?:this|our)\ (?:site|website)\ uses\ cookies.{0,200} | (?:wij|we)\ (?:gebruiken|use)\ cookies.{0,200}
    | (?:ga\ )?(?:direct\ )?naar\ (?:de\ )?(?:hoofd)?(?:inhoud|boven|navigatie)
    | skip\ to\ (?:main\ )?(?:content|navigation)
    | (?:back\ to|terug\ naar)\ (?:top|boven) | even\ geduld.{0,20} | (?:loading|laden)\W*
    )[\s:.…]*""",
    re.IGNORECASE | re.VERBOSE,
)
"""Lines that are a button or a notice from end to end, wherever they stand."""
_NAMING = re.compile(
    r"""\b(?:
    linkedin | twitter | facebook | instagram | youtube | flickr | whatsapp | pinterest | mastodon
    | bluesky | rss
    | cookies? | privacy\w* | disclaimer | proclaimer | sitemap | colofon | algemene\ voorwaarden | cookie\w+
    | inloggen | uitloggen | log\ ?in | nieuwsbrief | newsletter | copyright | all\ rights\ reserved
    )\b | google\+ | \breageer\W*$
    | ^(?:zoek(?:en)?|search|menu|home|sluiten|close|navigatie|volgende|vorige|previous|next|delen|share
      |print)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words by which a short line outside the running text shows that it is part of a page's frame."""


def leftovers(lines: Sequence[str], groups: Sequence[int]) -> set[int]:
    """Which lines are left over from a page's frame; `groups` numbers what no blank line divides."""
    bodies = [place for place, line in enumerate(lines) if _is_body(line)]
    if not bodies:
        return set()
    buttons = {place for place, line in enumerate(lines) if _BUTTON.fullmatch(line)}
    tail = next((place for place in range(bodies[-1] + 1, len(lines)) if _is_frame(lines[place])), len(lines))
    head = set(_head(lines[: bodies[0]], groups))
    return buttons | head | set(range(tail, len(lines)))


def _head(lines: Sequence[str], groups: Sequence[int]) -> Iterator[int]:
    """Frame lines before the running text, and the short lines around them if a title is left further on."""
    others = [place for place, line in enumerate(lines) if not _is_frame(line)]
    for _, places in groupby(range(len(lines)), key=groups.__getitem__):
        group = list(places)
        around = [place for place in group if place in others]
        alike = all(len(lines[place].split()) <= _SHORT_WORDS for place in around)
        titled = bool(others) and others[-1] > group[-1]
        yield from group if len(around) < len(group) and alike and titled else set(group) - set(around)


def _is_frame(line: str) -> bool:
    if _BUTTON.fullmatch(line):
        return True
    short = len(line.split()) <= _NAMING_WORDS and not _SENTENCE_END.search(line)
    return short and bool(_NAMING.search(line) or _NAMING.search(_GLUED.sub(" ", line)))


def _is_body(line: str) -> bool:
    words = _WORD.findall(line.lower())
    if len(words) < _BODY_WORDS or (len(words) < _LONG_BODY_WORDS and not _SENTENCE_END.search(line)):
        return False
    if _BUTTON.fullmatch(line):
        return False
    return sum(word in FUNCTION_WORDS for word in words) >= _FUNCTION_SHARE * len(words)
