"""What kind of thing a question asks for, and whether a statement is of that kind: why, how many, what share.

Pure: words in, log-odds out. The weights are few and set by hand: features as rare as these get next to
nothing from a fit that is as strongly regularised as 120 questions call for. Of 178 dev, list and first
questions 126 are answered in full where the fitted score alone has 120; of 34 described questions for causes,
14 and 16.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.dutch import alternatives, content_words, fold, stem, words
from assistant.quantities import DATES

if TYPE_CHECKING:
    from assistant.quantities import Kind

_HEADED, _HEADED_CAUSE = 0.4, 1.0
_COUNTED = 1.2
_SHARE = _SUM = 0.8
_SUPPOSED = -0.7
_DEFINED = 1.2

_KINDS = tuple(
    (weight, re.compile(rf"\b(?:{asked})\b"), re.compile(rf"\b(?:{headed})\b"))
    for weight, asked, headed in (
        (
            _HEADED_CAUSE,
            r"waarom|waardoor|hoe komt|hoezo|oorza\w+|redenen?|why",
            r"waarom|mis|oorza\w*|reden\w*|problemen|probleem|knelpunt\w*|aanleiding",
        ),
        (
            _HEADED_CAUSE,
            r"knelpunt\w*|mis|problem\w*|probleem|lastig\w*|moeilijk\w*|belemmer\w*|kritiek|obstakel\w*|risico\w*|"
            r"bezwaren|nadelen|wrong|difficult\w*|barriers?",
            r"knelpunt\w*|mis|probleem|problemen|lastig\w*|kritiek|belemmer\w*|tegen\w*|zorgen|spannend|risico\w*",
        ),
        (
            _HEADED,
            r"resulta\w+|opgeleverd|oplevert|levert|uitkomst\w*|effect\w*|bereikt|bespa\w+|lukte|gelukt|werkte|"
            r"gehaald|result\w*|outcome\w*",
            r"resulta\w+|uitkomst\w*|oplever\w*|opbrengst\w*|gelukt|lukte|cijfers|werkt|conclusie",
        ),
        (
            _HEADED_CAUSE,
            r"afloop|afliep|daarna|vervolg|ended|afterwards",
            r"verder|vervolg|afloop|latere?|nu|resulta\w+|uitkomst\w*|stand",
        ),
        (
            _HEADED,
            r"kost\w*|betaal\w*|prijs|duur|subsid\w+|geld|bedrag\w*|financ\w+|budget|euro|bijdrage|cost\w*|pay\w*|"
            r"paid|money|fund\w*",
            r"kosten|geld|financ\w+|subsid\w+|betaal\w*|cijfers|prijs|bedrag\w*",
        ),
        (
            _HEADED,
            r"wanneer|welk jaar|sinds|deadline|planning|datum|when",
            r"planning|wanneer|vervolg|tijd\w*|deadline|fasen?",
        ),
        (
            _HEADED,
            r"hoeveel|hoe (?:vaak|hoog|groot|veel)|percentage|aandeel|welk deel|wat kost\w*|"
            r"how (?:many|much|often)",
            r"cijfers|getal\w*|omvang|resulta\w+|peiling",
        ),
        (
            _HEADED,
            r"hoe(?! (?:veel|lang|vaak|hoog|groot|oud|duur|laat))|how(?! (?:many|much|long|often|old))",
            r"aanpak|hoe|werk\w*|stappen|hielp|helpt|nodig",
        ),
        (
            _HEADED,
            r"lessen|les|leren|leerde|geleerd|tips?|adviezen|advies|aanbeveling\w*|succesfactor\w*|hielp|helpt|werkt|"
            r"lessons?|learn\w*",
            r"lessen|les|leer\w*|leren|leert|tips?|advies|adviezen|aanbeveling\w*|succesfactor\w*|hielp|helpt|"
            r"werkt|conclusie\w*|nodig",
        ),
        (
            _HEADED,
            r"wie|met wie|welke partijen|partners?|partijen|who",
            r"wie|partners?|partijen|betrokken\w*|rol|rollen|team",
        ),
        (_HEADED, r"sociale?|armoede|werk|banen|social", r"sociale?|koppeling"),
    )
)
"""What asks for a kind, and the headings under which it stands."""
_PARTS = tuple((asked, headed) for _, asked, headed in _KINDS)
_ENDED = re.compile(
    r"(?<!wanneer )\b(?:(?:liep|loopt) ((?:\w+ ){0,2})af|(?:ging|gaat) ((?:\w+ ){0,3})verder)\b"
)
"""Asks for the end in two words that say something else by themselves: "Hoe liep dat af?"."""
_HOW_MANY = re.compile(r"\b(?:hoeveel|how many)\s+(.*)")
_ASKS_SHARE = re.compile(r"\b(?:procent|percentage|aandeel|welk deel|what share|per cent)\b")
_NUMBER = re.compile(
    r"\d|\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|honderd|duizend|miljoen|"
    r"miljard|kwart|derde|helft|tientallen|honderden)\b"
)
_ASKS_SUM = re.compile(
    r"\b(?:hoeveel (?:geld|subsidie|euro)|welk bedrag|bedragen|wat kost\w*|hoe duur|"
    r"how much (?:money|funding|subsidy)|what (?:did|does|do) .* cost)\b"
)
_ASKS = (
    r"hoe|hoeveel|wat|wie|waar(?:aan|bij|door|in|mee|om|op|over|uit|van|voor)?|wanneer|welke?|is|was|waren|wordt|worden|"
    r"werd|kan|kun|mag|mogen|moet|moeten|heeft|hebben|how|what|who|why|where|when|which|did|does|do|are|were|can|must"
)
_IS_THE = (
    r"(?:(?:wat|hoe (?:hoog|groot|laag)) (?:is|was) (?:de|het)(?: \w+e)?|"
    r"(?:what|how (?:high|large|big)) (?:is|was) the(?: \w+)?)"
)
_FIGURES: tuple[tuple[re.Pattern[str], frozenset[Kind]], ...] = (
    (
        re.compile(
            rf"\bhoeveel procent\b|\bwelk (?:deel|aandeel)\b|\bpercentage\b|\b{_IS_THE} (?:aandeel|share)\b|"
            r"\bwhat (?:share|per cent) of\b"
        ),
        frozenset({"share"}),
    ),
    (
        re.compile(
            rf"\b(?:{_IS_THE}|welke?|what|which) (?:\w*inkomen|tarief|rente|huurverhoging|income|rent)\b"
            r"(?! (?:groups?|control))|\bhoeveel (?:rente|(?:gaat|ging|stijgt|steeg) de huur)\b"
        ),
        frozenset({"money", "share"}),
    ),
    (
        re.compile(
            r"\bwelke? bedrag(?:en)?\b|\bwat kost(?:te|ten|en)?\b|\bhoe duur\b|"
            r"\bwat verdien(?:t|de|en|den) (?:een|de|het|zo'n|zij|ze|hij)\b|"
            r"\b(?:hoeveel|wat)\b.*\bbij(?:betalen|leggen)\b|"
            r"\bhoeveel (?:verdien\w*|betaal\w*|kost\w*|\w*geld|subsidie|euro|dollar|pond|loon|salaris|huur|"
            r"budget)\b|\bhow much (?:money|funding|subsidy|rent)\b|"
            r"\b(?:how much|what) (?:did|does|do)\b.*\bcost\b|"
            rf"\b{_IS_THE} (?:\w*prijs|boete|salaris|loon|budget|begroting|\w*subsidie|price|fine|salary|"
            r"wages?)\b"
        ),
        frozenset({"money"}),
    ),
    (
        re.compile(
            r"\bhoeveel (?:tijd|langer|later|eerder|jaar|jaren|maanden|weken|dagen|dagdelen|uur|uren)\b|"
            r"\bhow many (?:years|months|weeks|days|hours)\b|\bhow much (?:time|longer|later)\b"
        ),
        frozenset({"duration"}),
    ),
    (re.compile(r"\bhoe lang\b|\bhow long\b"), frozenset({"duration", "count", *DATES})),
    (_HOW_MANY, frozenset({"count", "share", "money", "duration"})),
    (
        re.compile(r"\bhoe (?:vaak|groot|hoog|oud|veel)\b|\bhow (?:much|often|big|large|high|old)\b"),
        frozenset({"count", "share", "money", "duration", *DATES}),
    ),
    (
        re.compile(
            r"(?:^\W*|\b(?:en|and) )(?:\w+ )?(?:wanneer|when) (?:begon\w*|besloot|besloten|kreeg|kregen|"
            r"kwam\w*|ging\w*|opende\w*|startte\w*|stemde\w*|stopte\w*|tekende\w*|verscheen|waren|was|werd\w*|did|were)\b|"
            r"\b(?:welke?|what|which) (?:datum|jaar|date|year)\b"
        ),
        DATES,
    ),
)
"""What asks for a figure or a date, the narrowest first, and the kinds of quantity that may be it."""
_TELLS_SUM = re.compile(r"€|\b(?:\d[\d.,]*|miljoen|miljard) ?(?:euro|miljoen|miljard)\b")
_TELLS_SHARE = re.compile(r"%|\bprocent\b")
_SEVERAL = re.compile(
    rf"\b(?i:en|and|maar|but)\s+(?:(?:aan|bij|door|in|met|op|tot|uit|van|voor|by|for|from|in|of|with)\s+)?(?:{_ASKS})\b|"
    r"[?!]\s+\w+\s+\w+\s+\w|[a-zà-ÿ]{4}\.\s+[A-ZÀ-Ý]\w*\s+\w+\s+\w"
)
"""A second question after "en", or a second sentence: that tells of a case, or asks on."""
_SAYS_HOW_MANY = re.compile(
    r"\b(twee|drie|vier|vijf|zes|zeven|acht|negen|tien|two|three|four|five|six|seven) "
    r"(?:\w+ )?\w+(en|[’']?s)\b"
)
_ASKS_LIST = re.compile(r"\b(?:welke|noem|geef|wat zijn|which|name|list|what are)\b")
_BEGINS = re.compile(
    rf"^(?:(?:aan|bij|door|in|met|op|tot|uit|van|voor|by|for|from|of|with)\s+)?(?:waarom|welk|{_ASKS})\b",
    re.IGNORECASE,
)
_IDLE = r"is|zijn|in|precies|eigenlijk|nou|nu|mean|exactly"
_ASKS_MEANING = re.compile(
    r"^\W*(?:(?:wat|what) (?:is|zijn|are|betekent|betekenen|does)|"
    r"wat (?:wordt|bedoel\w*) .*?met|wat houdt)\s+"
    r"(?:een |de |het |an? |the )?"
    rf"(?P<term>[\w'-]+(?: (?!(?:{_IDLE})\b)[\w'-]+)?)(?: (?:{_IDLE}))*(?: (?:in|bij) [\w' -]{{3,40}})?\W*$"
)
_TELLS_MEANING = (
    r"^(?:een |de |het |an? |the )?{term}(?: \([^)]*\))?(?:,[^,]*,)? "
    r"(?:is|zijn|betekent|staat voor|heet|helpt|helpen|bestaat uit|are|means|helps?)\b|^{term}:|: {term}\W*$|"
    r"\b(?:heet|heten|noemt|noemen)\b[^.]*\b{term}\b|\b{term}\W* genoemd\b"
)
_SUPPOSES = re.compile(
    r"\bzonder .*\b(?:was|waren|zou|zouden)\b|\bals er niet\b|\bstel dat\b|\bha(?:d|dden) kunnen\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: a `share`, a `sum` of money, or the stems of what is `counted`.

    `headings` are those that it may stand under, each with its weight as log-odds; `meaning` is how a
    term is defined that is asked about.
    """

    headings: tuple[tuple[float, re.Pattern[str]], ...]
    counted: frozenset[str]
    share: bool
    sum: bool
    meaning: re.Pattern[str] | None = None


def read(question: str) -> Asked:
    """What kinds of thing a question asks for; none for most."""
    folded = _ENDED.sub(r"afloop \1\2", fold(question))
    counting = _HOW_MANY.search(folded)
    counted = content_words(counting[1])[:1] if counting else []
    return Asked(
        tuple((weight, headed) for weight, asked, headed in _KINDS if asked.search(folded)),
        frozenset({stem(counted[0]), *alternatives(counted[0])} if counted else ()),
        bool(_ASKS_SHARE.search(folded)),
        bool(_ASKS_SUM.search(folded)),
        _meaning(folded),
    )


def written(question: str) -> str:
    """A question with the capital and the question mark that who types in haste leaves out.

    The encoder reads "wat is een wup" as something else than "Wat is een wup?". Of 91 described questions
    without either, 88 instead of 82 % are answered so, and 62 instead of 59 % in full.
    """
    text = question.strip()
    text = text[:1].upper() + text[1:]
    return f"{text}?" if _BEGINS.match(text) and text[-1:].isalnum() else text


def announces_number(introduction: str) -> bool:
    """Whether what stands above a list says how many it has: "drie voorbeelden:"; fewer would mislead."""
    return bool(_SAYS_HOW_MANY.search(introduction.casefold()))


def asks_number(question: str) -> bool:
    """Whether a list of so many is asked for: "Welke drie risico's zijn er?"."""
    return bool(_ASKS_LIST.search(fold(question))) and announces_number(fold(question))


def told(question: str, heading: str, text: str) -> bool:
    """Whether a question asks for a part of any case, and nothing else, and a statement is of that kind.

    "Wat waren de knelpunten?" is answered below "Wat ging er mis", and "Wie betaalde dat?" by "Het geld kwam
    van het Rijk": without a word of the question.

    Args:
        question: the question.
        heading: the headings above the statement.
        text: its plain words.
    """
    asking = _ENDED.sub(r"afloop \1\2", fold(question))
    kinds = [[kind for kind in _PARTS if kind[0].fullmatch(word)] for word in content_words(asking)]
    above, folded = _folded(heading), fold(text)
    return bool(kinds) and all(
        any(asked.search(folded) or headed.search(above) for asked, headed in found) for found in kinds
    )


def figure(question: str) -> frozenset[Kind]:
    """The kinds of quantity that a figure or date asked for may be of; none where none is asked for."""
    folded = fold(question)
    return next((kinds for asked, kinds in _FIGURES if asked.search(folded)), frozenset())


def several(question: str) -> bool:
    """Whether a question asks more than one thing, or tells of a case first."""
    return bool(_SEVERAL.search(question))


def fits(asked: Asked, heading: str, text: str) -> float:
    """How much likelier a statement answers because of its kind, as log-odds; 0 when nothing tells.

    Args:
        asked: from `read`.
        heading: the headings above the statement; "" where they should not count.
        text: its plain words.
    """
    folded = fold(text)
    number = bool(_NUMBER.search(folded))
    return (
        max((weight for weight, headed in asked.headings if headed.search(_folded(heading))), default=0.0)
        + _COUNTED * (number and bool(asked.counted & _stems(folded)))
        + _SHARE * (asked.share and bool(_TELLS_SHARE.search(folded)))
        + _SUM * (asked.sum and bool(_TELLS_SUM.search(folded)))
        + _SUPPOSED * bool(_SUPPOSES.search(folded))
        + _DEFINED * bool(asked.meaning and asked.meaning.search(folded))
    )


@lru_cache(maxsize=64)
def _meaning(folded: str) -> re.Pattern[str] | None:
    """How a statement defines the term that a question asks the meaning of; None where it asks none."""
    found = _ASKS_MEANING.match(folded)
    if not found or not content_words(found["term"]):
        return None
    # One or many: "coaches" is told of as "een coach is".
    own = r"\s+".join(
        rf"{re.escape(word[: max(4, len(word) - 2)])}[\w']{{0,4}}" for word in found["term"].split()
    )
    return re.compile(_TELLS_MEANING.format(term=own))


@lru_cache(maxsize=1024)
def _folded(heading: str) -> str:
    return fold(heading)


@lru_cache(maxsize=8192)
def _stems(folded: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(folded))
