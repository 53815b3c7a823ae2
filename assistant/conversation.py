"""How a question follows on what was asked before, read from its words alone: no language model.

Pure: a question, the earlier answers and the names of the material in, a record out. Words tell how tightly
a question is tied to the answer before it; where they do not decide, `assistant.pipeline` compares what is
found in the notes cited before with what is found elsewhere. What must be a rule stands in the tables below.

- A new place or year in a question that says nothing else ("En in Tilburg?") takes the place of the old one.
- A question that points back ("daar", "hij", "Wie betaalde dat?", "En de kosten?") is asked of the notes that
  the answer before it cited, and of nothing else.
- A refinement ("Alleen met gespikkeld bezit") is asked together with the question that it refines.
- Anything else stands on its own: the old topic is not dragged along.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from assistant import asking, slots
from assistant.citations import counted, is_title
from assistant.compounds import parts
from assistant.dutch import alternatives, analyse, content_words, fold, grams, named_in, stem, stemmed, words
from assistant.export import spoken_date, spoken_list
from assistant.passages import without_emphasis

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from assistant.datatypes import Answer, CitedSource, Language, Statement

Field = Literal["date", "authors", "publisher", "url"]
Act = Literal["ask", "source", "shorter", "more"]
Tie = Literal["whole", "none", "fragment", "refining", "tight"]
"""How the words tie a question to the answer before it: a `whole` one stands alone whatever was said, a
`fragment` is no sentence ("Kosten?")."""

_WORD = re.compile(r"[^\W_]+(?:['’.,\-/&+][^\W_]+)*\+?")
_SWITCH = re.compile(
    r"^\W*((nu |even |maar )*(heel |totaal |compleet )?(iets|wat) (heel |totaal |compleet )?anders|"
    r"heel iets anders|(een )?(andere|nieuwe) vraag|ander onderwerp|nieuw onderwerp|"
    r"(on )?(a|another|something) (completely |entirely |totally )?(different|else)( question| topic)?|"
    r"another question|new (question|topic)|different (question|topic))\s*[:,;.!\-–]+\s*",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"^\W*((en|and|maar|but|ok|oke|oké|okay|ja|dus|so|nou)\b[\s,]*)+((dan|then)\b[\s,]*)?", re.IGNORECASE
)
_REFINING = re.compile(
    r"^\W*(en |maar |and |but )?(dan )?(alleen|enkel|uitsluitend|slechts|vooral|liever|specifiek|specifieker|"
    r"only|just|rather|especially)\b|"
    r"^\W*(ik (hoef|wil|bedoel|zoek)( \w+)? (alleen|enkel|vooral|eigenlijk|liever)|"
    r"i (only|just) (need|want|mean))\b|^\W*(en |and )?(dan|then)\b|"
    r"\b(graag|please)\W*$",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(daar|daarvan|daarmee|daarvoor|daardoor|daarbij|daarin|daarop|daarna|daarover|daaraan|daarnaast|"
    r"(deze|dit|this)(?! (jaar|moment|year))|diens|hierbij|hiervan|hiermee|hen|them|thereof|zo'n|zulke|"
    r"such|those|these)\b"
)
_PERSONAL = re.compile(r"(?<!\bals )(?<!\bof )(?<!\bif )\b(hij|hem|ze|zij|he|him|she|they|his)\b")
_DEMONSTRATIVE = re.compile(
    r"\b(die|dat|that|this|there|it)\W*$|"
    r"^\W*((en|maar|and|but) )?(?!(wat|wie|en|maar|of|als|for|dus)\b)[a-z]+ (dat|that|they|die)\b|"
    r"\b(die|wie|hoe|waar|waarom|wanneer) (dat|dit)\b|"
    r"\b(is|was|waren|werd|werden|wordt|zijn|had|heeft|hadden|kan|kon|kwam|kwamen|ging|gingen|moest|moet|"
    r"did|does|were|are)\s+(dat|that|this)\b(?!\s+(de|het|een|er|the|a))|"
    r"\b(kwamen|kwam|gingen|ging|deden|deed|waren|zijn|hadden|hebben|moesten|moeten)\s+die\s+"
    r"(aan|bij|in|op|naar|met|voor|er|dan|daar|toen|om|uit|over|van)\b"
)
_IT = (
    r"(?:dat|dit|het|die|deze|zoiets|ze|zij|hij|that|this|it|they|he|she|those|these|"
    r"something like (?:that|this))"
)
_ASKED_OF_IT = (
    r"(?:(?:aan|bij|door|in|met|op|sinds|tot|uit|van|vanaf|voor|by|for|in|since|to|with) )?"
    r"(?:wie|wat|waar(?:aan|bij|door|in|mee|om|op|over|uit|van|voor)?|wanneer|hoezo|hoeveel|"
    r"welk jaar|who|what|where|why|when|what year|"
    r"hoe(?: (?:lang|lang geleden|oud|veel|vaak|groot|duur|hoog|snel|ver|goed))?|"
    r"how(?: (?:long|long ago|old|much|many|often|big|fast|far|well))?)"
)
_HELPING = (
    r"(?:is|was|zijn|waren|wordt|werd|worden|werden|heeft|had|hebben|hadden|kan|kon|kunnen|konden|zal|zou|zullen|"
    r"zouden|gaat|ging|gaan|gingen|moet|moest|did|does|do|are|were|has|have|will|would|can|could)"
)
_ADDED = (
    r"(?: (?:aan|af|bij|door|in|mee|na|om|op|over|tegen|toe|uit|voor|weg|er|erbij|erdoor|ermee|erover|"
    r"ertegen|ervan|daar|toen|dan|nu|nou|nog|al|ook|wel|niet|alweer|verder|daarna|later|vervolgens|uiteindelijk|"
    r"eigenlijk|precies|ongeveer|echt|allemaal|eens|weer|zo|dat|dit|het|hem|then|next|now|yet|still|exactly|"
    r"actually|eventually|afterwards|there|on|out|up|off|about|for|to|that|this|it|them))*"
)
_DONE = r"(?:\w{2,5}(?=ge))?(?:ge|be|ver|ont)\w+(?:d|t|n)"
_WORD_OF_IT = r"(?<! in)(?<! bij)(?<! at) \w+"
_BARE = re.compile(
    r"(?:(?:en|and|maar|but|dus|so|ok|oke|ja) )*(?:"
    rf"(?:{_ASKED_OF_IT} )?\w+ {_IT}{_ADDED}|"
    rf"{_ASKED_OF_IT} {_HELPING} (?!het ){_IT}{_ADDED}{_WORD_OF_IT}{_ADDED}|"
    rf"(?!wat \w+ het \w+$){_ASKED_OF_IT} {_HELPING} het{_ADDED} {_DONE}|"
    rf"{_HELPING} (?:(?!het ){_IT}{_ADDED}{_WORD_OF_IT}{_ADDED}|het{_ADDED}(?<! in) \w+)|"
    rf"{_HELPING} {_IT}{_ADDED} (?:een|an?) (?:\w+ )?\w+|"
    rf"{_ASKED_OF_IT}(?: dan| precies)?|what happened(?: after)?{_ADDED}|"
    rf"wat (?:(?:is|was) (?:er|daar){_ADDED} gebeurd|gebeurde (?:er|daar){_ADDED})|"
    r"(?:dan|toen|daarna|verder|nu|vervolgens|then|next|now|afterwards|after that))"
)
"""Says nothing but a verb of what it points to: "Hoe liep dat af?", "Wat kost zoiets?", "Was het goed?"."""
_ASKS_WHEN = (
    r"^\W*((en|and) )?(wanneer|(in )?welk jaar|hoe lang geleden|when|(in )?what year|how long ago) "
    r"(is|was|waren|gebeurde|were|did) (dat|dit|het|die|that|this|it|those)"
    r"( (ook|alweer|precies|ongeveer|eigenlijk|nou|dan|exactly|gebeurd|geweest|happen))*\W*$"
)
_MOMENT = re.compile(
    r"\b((19|20)\d\d|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    r"january|february|june|july|august|october)\b"
)
_CLAUSE_END = re.compile(
    r"(?<=[.!?])\s+|(?<=\w),?\s+(?:en|maar|and|but)\s+"
    r"(?=(?:wie|wat|waar\w*|hoe\w*|wanneer|welke?|who|what|where|why|when|how|which)\b)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(wie|wat|waar|waarom|wanneer|hoe|hoeveel|welke?|waar\w+|who|whom|what|where|why|when|how|which|noem|geef|"
    r"voorbeeld\w*|examples?)\b"
)
_GENERAL = re.compile(r"\b(een|a|an|is|zijn|are|betekent|betekenen|heet|means?|voorbeeld\w*|examples?)\b")
"""With one of these a question of one content word asks in general: "Wat is energiearmoede?"."""
_OF_A_KIND = re.compile(
    r"^\W*(?:(?:wat|wie|waar\w*|hoe\w*|wanneer|welke?|what|who|where|why|when|how|which)\b.*\b(?:een|an?)|"
    r"(?:wat|what) (?:is|are|zijn|betekent|betekenen|houdt)"
    r"(?! (?:de|het|the|hun|their|er|hier|daar|about)\b)) "
    r"(?P<kind>.*)|^\W*(?:hoe|how (?:do|can|should)) (?P<doing>\w+ (?:je|u|we|ik|men) .*|(?:you|we|i|one) .*)"
)
"""Asks about something of a kind, or what one does in general: "Wat kost een wijkbedrijf?", "Hoe leid je
statushouders op?". No answer before it can have been meant."""
_PART = re.compile(
    r"(kosten?|prijs|prijzen|budget|bedrag\w*|subsidies?|financiering|resulta\w+|uitkomst\w*|effect\w*|opbrengst\w*|"
    r"besparing\w*|knelpunt\w*|problem\w*|probleem|risico\w*|kritiek|bezwaren|nadelen|voordelen|lessen|lesson\w*|"
    r"succesfactor\w*|adviezen|tips?|aanpak|doel\w*|rol|rollen|planning|vervolg|stappen|fasen?|partners?|partijen|"
    r"deelnemers?|bewoners?|huurders?|eigena(ar|ren)|corporaties?|gemeenten?|woning(en)?|huishoudens?|gezin(nen)?|"
    r"cijfers|regels|voorwaarden|costs?|results?|tenants?|owners?|residents?|households?|goals?|steps|conditions)"
)
"""Words for a part of any case, which say nothing without it: "Wat waren de kosten?"."""
_THERE = re.compile(r"\b(er|ook|nog|there|also)\b")
_MOST = 0.6
_ASKING_FOR_CONTENT = re.compile(r"\b(hoeveel|wanneer|waarom|hoe|wie|how|when|why|who)\b")
_NAME = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-Ý][\w'’-]+\+?")
_OF_NOTE = re.compile(r" \((?:over|about): .*\)$", re.DOTALL)
_MORE_OF = re.compile(r" \((?:meer voorbeelden|more examples)\)$")
_SHORTER_OF = re.compile(r" \((?:korter|shorter)\)$")

_OVER: Mapping[Language, str] = {"nl": "over", "en": "about"}
_MORE: Mapping[Language, str] = {"nl": "meer voorbeelden", "en": "more examples"}
_SHORTER: Mapping[Language, str] = {"nl": "korter", "en": "shorter"}


def _table(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SOURCE_QUESTIONS: Mapping[Field, re.Pattern[str]] = {
    "date": re.compile(
        r"\b(uit|van) (welk jaar|wanneer|welke (datum|tijd))|\bhoe (oud|recent|actueel)\b|"
        r"\b(datum|jaartal)\b|"
        r"\b(wanneer|when|welk jaar|what year)\b.*\b(geschreven|gepubliceerd|verschenen|verscheen|written|"
        r"published|appear)|\bwhat (year|date)\b.*\b(from|of|this|that|it)\b|"
        rf"\bhow (old|recent)\b|\bthe date\b|{_ASKS_WHEN}"
    ),
    "authors": re.compile(
        r"\b(wie|who|door wie)\b.*\b(schreef|schreven|geschreven|schrijft|wrote|written)\b|"
        r"\b(auteurs?|schrijvers?|authors?|writers?)\b|\bvan wie (is|komt)\b"
    ),
    "publisher": re.compile(
        r"\b(publiceerden?|gepubliceerd|uitgever|uitgegeven|uitgaf|medium|published|publisher)\b|"
        r"\bwaar (komt|kwam)\b.*\b(vandaan|uit)\b|\bwhere\b.*\bfrom\b|"
        r"\b(wie|who) (zegt|says) (dat|dit|that|this)\W*$|"
        r"\b(wat|welke|what) (is|zijn|was) (de|je|the|your) (bron|bronnen|source|sources)\b|"
        r"^\W*((en|and) )?((de|the|your|je) )?(bron|bronnen|source|sources)\W*$"
    ),
    "url": re.compile(
        r"\b(waar|where)\b.*\b(lezen|nalezen|vinden|terugvinden|teruglezen|staat|read|find)\b|"
        r"\b(link|linkje|url|website|webadres)\b"
    ),
}
"""What a question about a source itself looks like, folded; its content words are all in _OF_SOURCES."""
_OF_SOURCES = _table(
    "jaar jaartal datum tijd oud recent actueel dateert geschreven gepubliceerd verschenen verscheen "
    "schreef schreven schrijft auteur auteurs schrijver schrijvers publiceerde publiceerden uitgever "
    "uitgegeven uitgaf medium vandaan bron bronnen lezen nalezen vinden terugvinden teruglezen link "
    "linkje url website webadres artikel stuk document rapport tekst notitie bericht publicatie "
    "informatie info cijfers gegevens onderzoek precies eigenlijk oorspronkelijk hele year date old "
    "recent written published wrote author authors writer writers publisher source sources read find "
    "article piece report text note information info figures data original gebeurde gebeurd geweest happen"
)
_SHORT = _table(
    "kort korte korter kortere bondig bondiger samenvatten samenvatting samengevat shorter short brief "
    "briefly summary summarise summarize kernachtig nutshell tldr"
)
_SAID_SHORT = re.compile(
    r"\b(vat|vatten)\b.*\bsamen\b|\bsum\b.*\bup\b|"
    r"\b(in|met|with) (een paar|een of twee|een|enkele|1|2|3|twee|drie|one|two|three|a few|a couple of|a) "
    r"(korte |short )?(zin|zinnen|woorden|regels?|sentences?|words?|lines?)\b"
)
_OF_SHORT = _SHORT | _table(
    "zin zinnen woorden antwoord versie een please answer version words sentence sentences line lines regel "
    "regels vat vatten samen uitleggen uitleg leg vertellen vertel zeggen zeg geven geef maken maak enkele "
    "1 2 3 one two three few couple sum up explain tell say give make"
)
_MORE_WORDS = _table("meer nog andere anders more other others another else")
_OF_MORE = _MORE_WORDS | _table(
    "voorbeeld voorbeelden gevallen projecten plekken plaatsen hebt example examples cases places projects"
)

SHARE, REFINED_SHARE, SURE_SHARE = 0.35, 0.55, 0.9
"""From this share on a question without pointing words, and a refinement, stay with the notes cited before.

Of the dev questions, asked after an unrelated answer, 2 to 3 % reach SHARE."""
AGREEMENT = 0.5
"""Signals agree less than this on questions that name nothing ("Hoeveel bezoekers kwamen er?": .42), and more
on short questions that stand alone ("Wat doet het NPLW?": .57)."""
SHORT, LONG = 3, 5
"""With more content words than SHORT a question without pointing words stands on its own, with more than LONG
one with pointing words as well."""
FRAGMENT_COVERED, REFINED_COVERED = 0.9, 0.5
_SLOT_COVERED, _SLOT_NEEDED = 4.0, 1.5
"""Of 42 dev, list, described and fresh questions of up to six content words that name a place, 38 are still
answered with these (40 without), and 16 of 82 asked of another place (43); with a coverage of .25 by itself
35 and 11. Of 47 follow-ups that name another place or year, labelled by hand: 33 of 35 that can be answered
(29 with the coverage) and 4 of the 12 others (3)."""
PART_HELD = 0.3
"""What a compound counts for in a text that holds its parts."""
_FOUND, _COVERED, _NEEDED = 0.52, 1.64, -0.07
"""A logistic fit on the dev questions without their places, each asked of a note that answers it and of the
nearest note that does not (AUROC .73, cross-validated), cut off at a chance of 0.25."""
MAX_SHORT_WORDS, MAX_SHARE, POINTERS = 50, 2 / 3, 2
"""How long an answer is that is said shorter, in words and as a part of what it was, and how many sentences
come along with one that points back."""
MAX_COUNTED_WORDS = 80
"""A list that says how many it has is kept whole up to this length when an answer is said shorter."""
INTRODUCING = frozenset({"heading", "lead_in", "header_row"})
MAX_FRAGMENT_WORDS = 3
"""A question of up to this many words without a question word is a fragment, such as "Kosten?"."""
_CLOSE = 0.8
"""How alike (0 to 1, difflib) a word nobody knows must be to one of the notes to be taken for it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it follows on a conversation.

    `asked` is the question without the words that only link it. `topic` is the latest question of the
    conversation that stands on its own, and `swapped` is the question before with the new place or year of
    this one (`slot`); both are empty where there is none. `notes` are the ids that the latest answer cited,
    best first (that any answer cited, where more examples are asked for); `field` is what a question about a
    source asks for.
    """

    act: Act
    tie: Tie
    asked: str
    topic: str = ""
    swapped: str = ""
    slot: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    field: Field | None = None


def read(
    question: str,
    history: Sequence[Answer],
    places: Collection[str],
    is_known: Callable[[str], bool] = lambda _: True,
) -> Turn:
    """How a question follows on the answers before it.

    Args:
        question: as typed, not empty.
        history: the earlier answers of the conversation, oldest first.
        places: the places that the material knows.
        is_known: whether a word occurs anywhere in the material; one that does not may be a name.
    """
    without = _SWITCH.sub("", question, count=1).strip()
    act = _act(question)
    if not history or (without and without != question.strip()):
        asked = without if history and without else question
        return Turn("shorter" if act == "shorter" else "ask", "none", asked)
    topic = _topic(history)
    cited = latest(history, act) if any(answer.sources for answer in history) else None
    notes = tuple(dict.fromkeys(source.note for source in cited.sources)) if cited else ()
    if act == "more":
        notes = tuple(dict.fromkeys(source.note for answer in history for source in answer.sources))
    if act != "ask":
        return Turn(act, "tight", question, topic, notes=notes, field=_field(question))
    asked = _unlinked(question)
    linked = bool(_LINK.match(question))
    slot, naming = slots.asked_for(asked, places, is_known, linked=linked), asked
    if linked and not slot and (name := slots.other_name(_typed(question), topic, places)):
        slot, naming = (name,), f"bij {name}"
    if slot:
        swapped = _swapped(history, slot, places, is_known, naming)
        return Turn("ask", "tight", asked, topic, swapped, slot, notes)
    if not notes:
        return Turn("ask", "tight" if _points_only(question) else "none", question)
    said = " ".join([topic, cited.question, *(each.text for each in cited.statements)]) if cited else ""
    return Turn("ask", _tie(question, said), asked, topic, notes=notes)


def stays(turn: Turn, agreement: float, share: float, covered: float) -> bool:
    """Whether a question that does not name something new is asked of the notes cited before.

    Args:
        turn: the question.
        agreement: how much all signals agree on the best passage anywhere (0 to 1).
        share: the score of the best passage of the notes cited before, as a part of the best anywhere.
        covered: from `coverage`, by the notes cited before.
    """
    if turn.tie in {"fragment", "tight"}:
        return turn.tie == "tight" or covered >= FRAGMENT_COVERED
    if turn.tie == "refining":
        return share >= SURE_SHARE or (share >= REFINED_SHARE and covered >= REFINED_COVERED)
    own = len(content_words(turn.asked))
    return own <= SHORT and (share >= SHARE or agreement < AGREEMENT)


def answers_slot(above: float, covered: float) -> bool:
    """Whether what was found for a new place or year is about what was asked before as well.

    Args:
        above: from `grounding.above`, for the whole question with the new name, typed in full.
        covered: from `strict_coverage`, of that question without the new name, by the best note.
    """
    return above + _SLOT_COVERED * covered >= _SLOT_NEEDED


def stands_alone(asked: str) -> bool:
    """Whether a question with words that point back says enough to be asked by itself, if need be."""
    return of_a_kind(asked) or len(set(content_words(asked))) >= SHORT


def follows(above: float, covered: float) -> bool:
    """Whether notes answer a question that is asked of them alone.

    Args:
        above: from `grounding.above`, for the question among these notes only.
        covered: from `coverage`, by these notes.
    """
    return _FOUND * above + _COVERED * covered >= _NEEDED


def of_note(question: str, title: str, language: Language) -> str:
    """A question as asked of one note, to show: "Wie betaalde dat? (over: Titel)"."""
    return f"{question} ({_OVER[language]}: {title})"


def more_of(turn: Turn, language: Language) -> str:
    """The earlier question with which more examples are looked for, to show."""
    return f"{turn.topic} ({_MORE[language]})"


def stripped(understood: str) -> str:
    """The question as it was typed or resolved, without what it was asked of: "(over: Titel)"."""
    return _OF_NOTE.sub("", bare(understood))


def shorter_of(asked: str, language: Language) -> str:
    """The earlier question that is answered anew, shorter, to show."""
    return f"{bare(asked)} ({_SHORTER[language]})"


def refined(turn: Turn) -> str:
    """The earlier question together with what refines it: "Voorbeelden van een VvE, alleen met huurders"."""
    asked = turn.asked[:1].lower() + turn.asked[1:]
    if asked.rstrip(" ?.!") in turn.topic:
        return turn.topic
    return f"{turn.topic.rstrip(' ?.!')}, {asked}"


def as_said(
    said: Sequence[Statement], sources: Sequence[CitedSource]
) -> tuple[tuple[Statement, ...], tuple[CitedSource, ...]]:
    """Some statements of an earlier answer as an answer of their own: numbered anew, with their sources."""
    used = dict.fromkeys(quote.citation for statement in said for quote in statement.quotes)
    numbers = {old: new for new, old in enumerate(used, start=1)}
    by_number = {source.number: source for source in sources}
    statements = tuple(
        replace(
            statement,
            citations=tuple(numbers[old] for old in statement.citations),
            quotes=tuple(replace(quote, citation=numbers[quote.citation]) for quote in statement.quotes),
        )
        for statement in said
    )
    return counted(statements), tuple(replace(by_number[old], number=new) for old, new in numbers.items())


def shortened(
    said: Sequence[Statement],
    chance: Callable[[Statement], float],
    points_back: Callable[[Statement], bool] = lambda _: False,
) -> list[Statement]:
    """The likeliest statements of an answer up to MAX_SHORT_WORDS and MAX_SHARE of it, at least one.

    They stand in the order in which they were said.
    A list item or row comes with the line that introduces its list, where that was said, and a statement that
    points back with what it points to; a list that says how many it has comes whole or not at all, unless it
    is long. Of places side by side each keeps something.

    Args:
        said: the statements of the answer.
        chance: how likely one is to answer.
        points_back: whether one cannot be understood without the one before it.
    """
    sides = [
        [each for each in said if each.side == side] for side in dict.fromkeys(each.side for each in said)
    ]
    most = min(MAX_SHORT_WORDS, int(MAX_SHARE * _words(said))) // (len(sides) or 1)
    return [each for own in sides for each in _shortened(own, chance, points_back, most)]


def is_part(kept: Sequence[Statement], said: Sequence[Statement], asked: str) -> bool:
    """Whether of a list that says how many it has, or was asked for with a number, only a part is kept."""
    listed = [each for each in said if each.kind in {"item", "row"}]
    counted = [
        unit for unit in _units(said, math.inf) if len(unit) > 1 and any(each in kept for each in unit)
    ]
    if not counted and asking.asks_number(asked) and any(each in kept for each in listed):
        counted = [listed]
    return any(each not in kept for unit in counted for each in unit)


def _shortened(
    said: Sequence[Statement],
    chance: Callable[[Statement], float],
    points_back: Callable[[Statement], bool],
    most: int,
) -> list[Statement]:
    kept: list[Statement] = []
    for unit in sorted(_units(said, MAX_COUNTED_WORDS), key=lambda unit: -max(map(chance, unit))):
        whole = [*unit, *(led for each in unit for led in _led(said, each, points_back))]
        more = [each for each in dict.fromkeys(whole) if each not in kept]
        if not kept or _words([*kept, *more]) <= most:
            kept += more
    leads = [lead for each in kept if (lead := _lead(said, each)) and _shares_source(lead, each)]
    return [each for each in said if each in kept or each in leads]


def _led(
    said: Sequence[Statement], item: Statement, points_back: Callable[[Statement], bool]
) -> list[Statement]:
    """What was said before a statement that points back to it, at most POINTERS statements."""
    led: list[Statement] = []
    while points_back(item) and len(led) < POINTERS and said.index(item) > 0:
        before = said[said.index(item) - 1]
        if before.kind != item.kind or before.quotes[0].passage != item.quotes[0].passage:
            break
        led.append(before)
        item = before
    return led


def _shares_source(lead: Statement, item: Statement) -> bool:
    """Whether what introduces a statement rests on the same source, as a heading shows none; a title does."""
    return lead.kind != "heading" or is_title(lead) or bool(set(lead.citations) & set(item.citations))


def _units(said: Sequence[Statement], most: float) -> list[list[Statement]]:
    """What is kept as one: a statement, or a list with its number of up to `most` words."""
    units: dict[int, list[Statement]] = {}
    for place, each in enumerate(said):
        lead = _lead(said, each)
        counted = lead is not None and asking.announces_number(lead.text)
        units.setdefault(said.index(lead) if lead and counted else place, []).append(each)
    able = [[each for each in unit if each.kind not in INTRODUCING] for unit in units.values()]
    whole = [unit for unit in able if unit] or [[each] for each in said]
    return [
        part for unit in whole for part in ([unit] if _words(unit) <= most else [[each] for each in unit])
    ]


def _words(said: Sequence[Statement]) -> int:
    return sum(len(each.text.split()) for each in said)


def latest(history: Sequence[Answer], act: Act = "ask") -> Answer:
    """The latest answer that cited anything; to be said shorter, the latest that is not about its source."""
    cited = [answer for answer in history if answer.sources]
    said = [answer for answer in cited if act != "shorter" or _field(answer.question) is None]
    return (said or cited)[-1]


def about_sources(
    field: Field, sources: Sequence[CitedSource], authors: Mapping[int, Sequence[str]], language: Language
) -> str:
    """What the metadata say, a line per source; what they do not say is said to be unknown.

    Args:
        field: what is asked.
        sources: the sources asked about.
        authors: by number of the source; none where they are unknown.
        language: of the lines.
    """
    lines = [_about(field, source, authors.get(source.number, ()), language) for source in sources]
    return "\n".join(dict.fromkeys(lines if len(lines) == 1 else [f"- {line}" for line in lines]))


def names_new(asked: str, known: str, places: Collection[str]) -> bool:
    """Whether a question names a place, or something with a capital, that a text does not hold."""
    holds = set(words(known))
    named = [*named_in(asked, places), *_NAME.findall(asked)]
    return any(content_words(name) and not set(words(name)) <= holds for name in named)


def repaired(asked: str, known: str, is_known: Callable[[str], bool]) -> str:
    """The question with words that no text holds replaced by the word of `known` that they most resemble.

    Args:
        asked: the question.
        known: the text of the notes that it is about.
        is_known: whether a stem occurs anywhere in the material.
    """
    vocabulary = sorted({word for word in content_words(known) if len(word) > 3})

    def repair(match: re.Match[str]) -> str:
        found = content_words(match[0])
        if len(found) != 1 or len(found[0]) < 4 or not found[0].isalpha() or is_known(stem(found[0])):
            return match[0]
        return next(iter(get_close_matches(found[0], vocabulary, 1, _CLOSE)), match[0])

    return _WORD.sub(repair, asked)


def coverage(asked: str, known: str, weight: Callable[[str], float]) -> float:
    """The part (0 to 1) of a question's content, by weight, that a text holds; 1 for a question without any.

    A word is held when its stem or a synonym is, and in part when most of its character grams are.

    Args:
        asked: the question.
        known: the text.
        weight: how much a stem counts, at least 0.
    """
    pieces = set(analyse(known).grams)

    def alike(word: str) -> float:
        share = sum(gram in pieces for gram in grams(word)) / len(grams(word))
        return share * (share >= _MOST)

    return _covered(asked, known, weight, alike)


def strict_coverage(asked: str, known: str, weight: Callable[[str], float]) -> float:
    """As `coverage`, but a word that only resembles one of the text is held for PART_HELD at most.

    That is for a compound of which the text knows the parts: another compound is another thing.
    """
    analysis = analyse(known)
    stems = {*analysis.stems, *analysis.parts}

    def alike(word: str) -> float:
        own = [stem(part) for part in parts(word)]
        return PART_HELD * sum(part in stems for part in own) / len(own) if own else 0.0

    return _covered(asked, known, weight, alike)


def _covered(asked: str, known: str, weight: Callable[[str], float], alike: Callable[[str], float]) -> float:
    """The part of the content that a text holds; a word that it does not counts for what it is `alike`."""
    stems, phrases = set(analyse(known).stems), stemmed(known)
    total = held = 0.0
    for word in content_words(asked):
        own = weight(stem(word))
        total += own
        known_word = stem(word) in stems or any(f" {phrase} " in phrases for phrase in alternatives(word))
        held += own if known_word else own * alike(word)
    return held / total if total else 1.0


def _lead(said: Sequence[Statement], item: Statement) -> Statement | None:
    """The line that introduces the list or table that an item is in, or the title above a statement."""
    before = said[: said.index(item)]
    if before and is_title(before[-1]) and before[-1].quotes[0].note == item.quotes[0].note:
        return before[-1]
    if item.kind not in {"item", "row"}:
        return None
    for each in reversed(before):
        if each.quotes[0].passage != item.quotes[0].passage:
            return None
        if each.kind in INTRODUCING:
            return each if each.kind != "header_row" or item.kind == "row" else None
        if each.kind != item.kind:
            return None
    return None


def _about(field: Field, source: CitedSource, authors: Sequence[str], language: Language) -> str:
    known = {
        "date": bool(source.date),
        "authors": bool(authors),
        "publisher": bool(source.publisher),
        "url": bool(source.url),
    }[field]
    line = _SAID[language][field, known].format(
        title=f"‘{without_emphasis(source.title)}’",
        publisher=source.publisher,
        date=spoken_date(source.date, language),
        url=source.url,
        authors=spoken_list(authors, language),
    )
    # A number between brackets would be taken for a citation; nothing stands between those of no publisher.
    return _BRACKETED.sub(r"\\[\1\\]", line.replace(" ()", ""))


_BRACKETED = re.compile(r"\[([0-9]{1,6})\]")
_SAID: Mapping[Language, Mapping[tuple[Field, bool], str]] = {
    "nl": {
        ("date", True): "{title} ({publisher}) is van {date}.",
        ("date", False): "Van {title} ({publisher}) is de datum niet bekend.",
        ("authors", True): "{title} ({publisher}) is geschreven door {authors}.",
        ("authors", False): "Wie {title} schreef, is niet bekend. De uitgever is {publisher}.",
        ("publisher", True): "{title} is gepubliceerd door {publisher}.",
        ("publisher", False): "Wie {title} publiceerde, is niet bekend.",
        ("url", True): "{title} ({publisher}) staat op {url}",
        ("url", False): "Van {title} ({publisher}) is geen webadres bekend.",
    },
    "en": {
        ("date", True): "{title} ({publisher}) is from {date}.",
        ("date", False): "The date of {title} ({publisher}) is not known.",
        ("authors", True): "{title} ({publisher}) was written by {authors}.",
        ("authors", False): "The author of {title} is not known. The publisher is {publisher}.",
        ("publisher", True): "{title} was published by {publisher}.",
        ("publisher", False): "The publisher of {title} is not known.",
        ("url", True): "{title} ({publisher}) can be read at {url}",
        ("url", False): "No web address of {title} ({publisher}) is known.",
    },
}


def _act(question: str) -> Act:
    content, folded = set(content_words(question)), set(words(question))
    if _field(question) is not None:
        return "source"
    if (folded & _SHORT or _SAID_SHORT.search(fold(question))) and content <= _OF_SHORT:
        return "shorter"
    if _points_only(question):
        return "ask"
    if folded & _MORE_WORDS and content <= _OF_MORE and not _ASKING_FOR_CONTENT.search(fold(question)):
        return "more"
    return "ask"


def _points_only(question: str) -> bool:
    """Whether a question says nothing without what it points to."""
    return bool(_BARE.fullmatch(" ".join(words(question))))


def asks_when(question: str) -> bool:
    """Whether a question asks when that was, which an answer may tell itself: "Wanneer was dat?"."""
    return bool(re.search(_ASKS_WHEN, fold(question)))


def tells_when(text: str) -> bool:
    """Whether a statement names a year or a month."""
    return bool(_MOMENT.search(fold(text)))


def _field(question: str) -> Field | None:
    if not set(content_words(question)) <= _OF_SOURCES:
        return None
    folded = fold(question)
    return next((name for name, pattern in _SOURCE_QUESTIONS.items() if pattern.search(folded)), None)


def _tie(question: str, said: str) -> Tie:
    if _points_only(question):
        return "tight"
    # What points back in a second sentence or clause points to the first.
    folded = fold(_CLAUSE_END.split(question.strip())[0])
    if any(pattern.search(folded) for pattern in (_POINTING, _PERSONAL, _DEMONSTRATIVE)):
        return "tight" if len(content_words(question)) <= LONG else "none"
    if _REFINING.search(folded):
        return "refining"
    if of_a_kind(_unlinked(question)):
        return "whole"
    if _LINK.match(folded) or not content_words(question):
        return "tight"
    if len(words(question)) <= MAX_FRAGMENT_WORDS and not _ASKING.search(folded):
        return "fragment"
    return "tight" if _asks_part(question, said) else "none"


def of_a_kind(question: str) -> bool:
    """Whether a question asks about something of a kind: "Hoe werkt een energiebank?"."""
    found = _OF_A_KIND.match(fold(question))
    if found and found["doing"]:
        return len(content_words(question)) > 1
    content = content_words(found["kind"]) if found else []
    return bool(content) and not _PART.fullmatch(content[0])


def _asks_part(question: str, said: str) -> bool:
    """Whether the one content word of a question is a part of what was said, or of any case."""
    content = content_words(question)
    if len(content) != 1 or _GENERAL.search(fold(question)):
        return False
    of_any_case = _PART.fullmatch(content[0]) or _THERE.search(fold(question))
    return bool(of_any_case) or stem(content[0]) in analyse(said).stems


def _unlinked(question: str) -> str:
    """The question without "En", "Maar", "Ok, en dan"; as typed when nothing else is left."""
    rest = _LINK.sub("", question.strip(), count=1)
    if not words(rest):
        return question
    return rest[:1].upper() + rest[1:] if rest != question.strip() else rest


def _typed(question: str) -> str:
    """The question without the words that only link it, and no capital that was not typed."""
    return _LINK.sub("", question.strip(), count=1)


def _swapped(
    history: Sequence[Answer],
    slot: Sequence[str],
    places: Collection[str],
    is_known: Callable[[str], bool],
    asked: str,
) -> str:
    """The latest question that is not about a source, with its places or years replaced by others."""
    latest = next((answer for answer in reversed(history) if _field(answer.question) is None), history[-1])
    understood = latest.understood or latest.question
    if _OF_NOTE.search(understood):
        # It pointed back itself ("Wie betaalde dat?"): what it was about comes along.
        texts = [_topic(history), _unlinked(_OF_NOTE.sub("", understood))]
    else:
        texts = [bare(understood)]
    before = _unlinked(latest.question)
    put_in = slots.asked_for(before, places, is_known, linked=True) if latest.understood else ()
    return slots.swapped(texts, slot, places, is_known, asked, put_in)


def _topic(history: Sequence[Answer]) -> str:
    """The latest question of the conversation, as resolved, that stands on its own."""
    for answer in reversed(history):
        understood = answer.understood or answer.question
        if not _OF_NOTE.search(understood):
            return bare(understood)
    return history[0].question


def bare(understood: str) -> str:
    """The question as it was understood, without what is only shown: "(korter)", "(meer voorbeelden)"."""
    return _SHORTER_OF.sub("", _MORE_OF.sub("", understood))
