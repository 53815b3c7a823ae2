"""What kind of thing a question asks for, and which statements are of that kind."""

from __future__ import annotations

import pytest

from assistant import asking


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Waarom stopte het warmtenet?", "Wat ging er mis", "Aanpak"),
        ("Wat waren de knelpunten?", "Knelpunten", "Aanpak"),
        ("Wat leverde de proef op en wat is het resultaat?", "Resultaten", "Aanleiding"),
        ("Wie betaalde de kosten?", "Financiering en schaal", "Planning"),
        ("Wanneer begint de bouw?", "Planning", "Aanpak"),
        ("Hoe pakten ze het aan?", "Aanpak", "Cijfers"),
        ("Why did it stop?", "Wat ging er mis", "Aanpak"),
    ],
)
def test_the_heading_of_what_is_asked_counts(question: str, right: str, wrong: str) -> None:
    asked = asking.read(question)
    text = "De bewoners kregen een brief."
    assert asking.fits(asked, right, text) > asking.fits(asked, wrong, text) == 0.0
    assert asking.fits(asked, "", text) == 0.0


def test_a_cause_counts_more_than_an_approach() -> None:
    why, how = asking.read("Waarom stopte het?"), asking.read("Hoe ging de gemeente te werk?")
    assert asking.fits(why, "Wat ging er mis", "Een zin.") > asking.fits(how, "Aanpak", "Een zin.")


def test_a_number_counts_with_what_is_counted() -> None:
    asked = asking.read("Hoeveel huishoudens zijn energiearm?")
    with_both = asking.fits(asked, "", "In 2023 waren 400.000 huishoudens energiearm.")
    assert with_both > asking.fits(asked, "", "In 2023 stegen de prijzen met 400 euro.") == 0.0
    assert asking.fits(asked, "", "Veel huishoudens zijn energiearm.") == 0.0
    assert with_both == asking.fits(asked, "", "Twaalf gezinnen en elf huishoudens deden mee.")
    homes = asking.read("Over hoeveel woningen gaat het?")
    assert asking.fits(homes, "", "Er waren 450 huizen.") > 0.0, "what means the same counts too"


def test_a_share_counts_where_a_share_is_asked() -> None:
    asked = asking.read("Welk deel van de eigenaren stemde voor?")
    assert asking.fits(asked, "", "92% stemde voor.") > asking.fits(asked, "", "Velen stemden voor.")


@pytest.mark.parametrize(
    "question",
    ["Hoeveel geld kreeg de wijk?", "Wat kostte dat?", "Welk bedrag was er?", "How much funding was there?"],
)
def test_a_sum_counts_where_money_is_asked(question: str) -> None:
    asked = asking.read(question)
    for told in ("Het Rijk gaf 6,9 miljoen euro.", "Er was € 400.", "Dat was 350 euro per huis."):
        assert asking.fits(asked, "", told) > asking.fits(asked, "", "Er waren 400 huizen.") == 0.0


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Met hoeveel procent ging de huur omhoog?", {"share"}),
        ("Welk deel van de huurders stemde in?", {"share"}),
        ("Hoe groot is het aandeel huurders?", {"share"}),
        ("Wil de bond van de grens van zeventig procent af?", set()),
        ("Hoeveel geld gaf het Rijk?", {"money"}),
        ("Wat verdient een coach?", {"money"}),
        ("Wat is de exacte aankoopprijs?", {"money"}),
        ("Hoeveel gaat de huur omhoog?", {"money", "share"}),
        ("Tot welk inkomen is dat gratis?", {"money", "share"}),
        ("Mag er na isoleren nog huurverhoging komen?", set()),
        ("Hoeveel tijd kost het?", {"duration"}),
        ("Hoe lang duurt het?", {"duration", "count", "year", "month", "day"}),
        ("How many weeks did it take?", {"duration"}),
        ("Hoeveel huizen deden mee?", {"count", "share", "money", "duration"}),
        ("How many homes took part?", {"count", "share", "money", "duration"}),
        ("Wanneer begon het?", {"year", "month", "day"}),
        ("Wat is de titel, en wanneer kwam het uit?", {"year", "month", "day"}),
        ("Wat gebeurt er wanneer zij nee zeggen?", set()),
        ("Waarom stopte het?", set()),
        ("Hoe duurzaam is het warmtenet?", set()),
        ("Welke gemeenten kregen subsidie?", set()),
        ("Welke subsidie kunnen huurders krijgen?", set()),
        ("Wat waren de voorwaarden voor subsidie?", set()),
        ("Wat is de rol van de subsidie bij vve's?", set()),
        ("Wat verdient aandacht bij een wijkaanpak?", set()),
        ("Welke prijs won het project?", set()),
        ("Wat is een begroting?", set()),
        ("Wat is huurverhoging?", set()),
        ("Kunnen bewoners ruzie bijleggen?", set()),
        ("Welk deelgebied gaat eerst?", set()),
        ("What shared values are there?", set()),
        ("What is rent control?", set()),
        ("Wanneer mag een huurder nee zeggen?", set()),
        ("When does a tenant have to agree?", set()),
    ],
)
def test_a_question_asks_for_a_figure_of_a_kind(question: str, kinds: set[str]) -> None:
    assert asking.figure(question) == kinds


def test_a_question_for_a_size_asks_for_any_figure() -> None:
    assert asking.figure("Hoe groot is de groep?") >= {"count", "share", "money", "duration", "year"}


def test_what_would_have_been_counts_less_than_what_was() -> None:
    asked = asking.read("Hoeveel huishoudens zijn energiearm?")
    was = "In 2023 was 4,8% van de huishoudens energiearm."
    would = "Zonder toeslag was het in 2023 10,7% van de huishoudens geweest."
    assert asking.fits(asked, "", would) < asking.fits(asked, "", was)


def test_a_question_of_no_kind_changes_nothing() -> None:
    assert asking.fits(asking.read("Energiearmoede in Nederland"), "Cijfers", "In 2023 was dat 4,8%.") == 0.0


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Hoeveel wijken zocht Platform31, en met hoeveel gemeenten is het afgerond?", True),
        ("Wie trok de stekker eruit en met welke reden?", True),
        ("De straat gaat open voor een warmtenet. Hoe gebruik ik dat?", True),
        ("How much is there, and how much of it is for housing?", True),
        ("Wat doen gemeenten en corporaties aan energiearmoede?", False),
        ("Hoe betrek je huurders en eigenaren bij het plan? Graag kort.", False),
        ("Welke rol heeft de gemeente?", False),
    ],
)
def test_a_second_question_and_a_case_told_first_are_more_than_one_thing(
    question: str, several: bool
) -> None:
    assert asking.several(question) == several


@pytest.mark.parametrize(
    ("question", "heading", "text", "told"),
    [
        ("Wat waren daar de knelpunten?", "Wat ging er mis", "Het duurde langer.", True),
        ("Was er ook kritiek?", "Knelpunten", "Het duurde langer.", True),
        ("Wie betaalde dat?", "Aanpak", "Het geld kwam van het Rijk.", True),
        ("En de resultaten?", "Wat leverde het op? Uitkomsten", "Vijf flats zijn klaar.", True),
        ("Hoe liep dat af?", "Hoe het verder ging", "Het net kwam er niet.", True),
        ("Hoe liep dat af?", "Aanpak", "Het net kwam er niet.", False),
        ("Wie betaalde dat?", "Aanpak", "Zij gaan langs de deuren.", False),
        ("Wat kostte de lift?", "Kosten", "Het kostte een ton.", False),
        ("Hoe dan?", "Aanpak", "Zij gaan langs de deuren.", False),
    ],
)
def test_a_part_of_any_case_is_told_in_other_words(
    question: str, heading: str, text: str, *, told: bool
) -> None:
    assert asking.told(question, heading, text) is told


@pytest.mark.parametrize(
    ("question", "defines", "other"),
    [
        ("Wat is een klusbus?", "Een klusbus is een bus met gereedschap.", "De klusbus rijdt door Zutphen."),
        ("wat zijn klusbussen", "Klusbussen helpen bewoners met tocht.", "In mei kwamen er klusbussen bij."),
        (
            "Wat betekent versnipperd bezit precies?",
            "Om en om huur en koop: versnipperd bezit.",
            "Versnipperd bezit kost geld.",
        ),
        ("Wat wordt bedoeld met WUP?", "Dit plan heet ook wel WUP.", "Een WUP kost een jaar."),
        ("Wat is HEQ?", "HEQ: hoge energiequote.", "De HEQ daalde in 2020."),
        ("Wat is een klusbus in Den Haag?", "Een klusbus is een bus.", "De klusbus rijdt door Den Haag."),
        ("What is a heat coach?", "A heat coach helps people at home.", "Ten people met a heat coach."),
    ],
)
def test_what_defines_a_term_counts_where_its_meaning_is_asked(
    question: str, defines: str, other: str
) -> None:
    asked = asking.read(question)
    assert asking.fits(asked, "", defines) > asking.fits(asked, "", other) == 0.0


@pytest.mark.parametrize(
    "question",
    ["Wat is het doel van de klusbus?", "Wat kost een klusbus?", "Wat is er mis met de klusbus in Ede?"],
)
def test_other_questions_ask_for_no_meaning(question: str) -> None:
    assert asking.fits(asking.read(question), "", "Een klusbus is een bus met gereedschap.") == 0.0


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("wat is een wup", "Wat is een wup?"),
        (" met welke partners werkt woonin ", "Met welke partners werkt woonin?"),
        ("Hoe ging dat??", "Hoe ging dat??"),
        ("voorbeelden van energiecoaches", "Voorbeelden van energiecoaches"),
        ("Kosten grote reactoren", "Kosten grote reactoren"),
        ("", ""),
    ],
)
def test_what_is_typed_in_haste_is_read_as_if_it_was_written(typed: str, written: str) -> None:
    assert asking.written(typed) == written


@pytest.mark.parametrize(
    ("introduction", "counted"),
    [
        ("Drie risico's", True),
        ("vier vaste werklijnen:", True),
        ("De werklijnen:", False),
        ("Er waren er drie.", False),
    ],
)
def test_an_introduction_with_a_number_announces_a_list_of_so_many(introduction: str, counted: bool) -> None:
    assert asking.announces_number(introduction) == counted
