"""Everything that the screen says in its own words, in Dutch (plain, B1) and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import (
    AssistantError,
    BadUseError,
    EncoderError,
    IndexBusyError,
    IndexMismatchError,
    IndexMissingError,
)
from assistant.export import WRITTEN_BY, WRITTEN_FROM
from assistant.ui.library_texts import LIBRARY_EN, LIBRARY_NL, LibraryTexts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.datatypes import Language

_THEMES_NL = {
    "energiearmoede": "Energiearmoede",
    "financiering": "Financiering",
    "gezondheid": "Gezondheid",
    "jongeren": "Jongeren",
    "klimaatadaptatie": "Klimaatadaptatie",
    "leefbaarheid": "Leefbaarheid",
    "monitoring": "Monitoring",
    "openbare-ruimte": "Openbare ruimte",
    "participatie": "Participatie",
    "particuliere-eigenaren": "Particuliere eigenaren",
    "samenwerking": "Samenwerking",
    "schulden": "Schulden",
    "sociaal-renoveren": "Sociaal renoveren",
    "veiligheid": "Veiligheid",
    "vve-gespikkeld-bezit": "VvE's en gespikkeld bezit",
    "warmtenet": "Warmtenetten",
    "werk-en-opleiding": "Werk en opleiding",
    "woningcorporaties": "Woningcorporaties",
}
_THEMES_EN = {
    "energiearmoede": "Energy poverty",
    "financiering": "Funding",
    "gezondheid": "Health",
    "jongeren": "Young people",
    "klimaatadaptatie": "Climate adaptation",
    "leefbaarheid": "Quality of life",
    "monitoring": "Monitoring",
    "openbare-ruimte": "Public space",
    "participatie": "Participation",
    "particuliere-eigenaren": "Private owners",
    "samenwerking": "Working together",
    "schulden": "Debts",
    "sociaal-renoveren": "Social renovation",
    "veiligheid": "Safety",
    "vve-gespikkeld-bezit": "Owners' associations and mixed ownership",
    "warmtenet": "Heat networks",
    "werk-en-opleiding": "Work and training",
    "woningcorporaties": "Housing associations",
}
_KINDS_NL = {
    "artikel": "Artikel",
    "beleid": "Beleid",
    "handreiking": "Handreiking",
    "onderzoek": "Onderzoek",
    "praktijkvoorbeeld": "Praktijkvoorbeeld",
    "programma": "Programma",
    "training": "Training",
}
_KINDS_EN = {
    "artikel": "Article",
    "beleid": "Policy",
    "handreiking": "Guide",
    "onderzoek": "Research",
    "praktijkvoorbeeld": "Case",
    "programma": "Programme",
    "training": "Training",
}
_ROLES_NL = {
    "gemeente": "Gemeente",
    "corporatie": "Woningcorporatie",
    "trainer": "Trainer",
    "bewonersorganisatie": "Bewonersorganisatie",
}
_ROLES_EN = {
    "gemeente": "Municipality",
    "corporatie": "Housing association",
    "trainer": "Trainer",
    "bewonersorganisatie": "Residents' organisation",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one interface language. Names with braces in the value are filled with `str.format`."""

    language: Language
    other_language: str
    other_language_code: Language
    other_address: str
    name: str
    purpose: str
    skip: str
    new_conversation: str
    disclosure: str
    disclosure_writes: str
    welcome: str
    welcome_text: str
    examples: str
    example_theme: str
    example_role: str
    all_themes: str
    all_places: str
    all_kinds: str
    all_roles: str
    no_examples: str
    question_label: str
    placeholder: str
    send: str
    filters: str
    filter_help: str
    place: str
    theme: str
    kind: str
    year_from: str
    year_to: str
    any_year: str
    active_filters: str
    from_year: str
    to_year: str
    clear_filters: str
    conversation: str
    your_question: str
    searching: str
    unsupported: str
    unwritten: str
    written_from: str
    written_by: str
    stop: str
    to_written: str
    to_quotes: str
    mode_written: str
    mode_quotes: str
    mode: str
    writing: str
    waiting: str
    loading: str
    ready: str
    literally: str
    asked_literally: str
    within_filters: str
    sources: str
    source: str
    open_citation: str
    source_column: str
    original: str
    new_tab: str
    copy: str
    copied: str
    copy_failed: str
    report: str
    report_label: str
    report_help: str
    report_send: str
    report_cancel: str
    report_thanks: str
    follow_ups: str
    without_filters: str
    try_again: str
    announced: str
    announced_unsupported: str
    panel: str
    panel_close: str
    panel_publisher: str
    panel_date: str
    panel_kind: str
    panel_previous: str
    panel_next: str
    panel_passage: str
    panel_passage_original: str
    panel_highlighted: str
    panel_chosen: str
    panel_rests_on: str
    panel_own_words: str
    panel_copies: str
    panel_suggested: str
    open_document: str
    language_label: str
    panel_other_source: str
    footer: str
    footer_writes: str
    empty_question: str
    long_question: str
    bad_use: str
    no_index: str
    other_index: str
    busy_index: str
    broken_encoder: str
    broken: str
    no_passage: str
    report_failed: str
    themes: Mapping[str, str]
    kinds: Mapping[str, str]
    roles: Mapping[str, str]
    languages: Mapping[str, str]
    library: LibraryTexts

    def problem(self, error: AssistantError) -> str:
        """One sentence for the screen about an error: what is wrong and what to do."""
        for kind, sentence in self._problems():
            if isinstance(error, kind):
                return sentence
        return self.broken

    def _problems(self) -> tuple[tuple[type[AssistantError], str], ...]:
        return (
            (IndexMissingError, self.no_index),
            (IndexMismatchError, self.other_index),
            (IndexBusyError, self.busy_index),
            (EncoderError, self.broken_encoder),
            (BadUseError, self.bad_use),
        )


NL = Texts(
    language="nl",
    other_language="English",
    other_language_code="en",
    other_address="/en/",
    name="Praktijkassistent warmtetransitie",
    purpose=(
        "Zoekt voor u in praktijkverhalen en documenten over aardgasvrije wijken en sociale doelen, met de "
        "bron erbij."
    ),
    skip="Ga naar uw vraag",
    new_conversation="Nieuw gesprek",
    disclosure_writes=(
        "Een geschreven antwoord komt van een taalmodel (AI); elke zin ervan wordt vergeleken met de bron."
    ),
    disclosure=(
        "U praat met een automatisch systeem (AI), niet met een mens. Het laat zinnen zien uit "
        "samenvattingen en documenten, "
        "en zegt bij elke zin waar die vandaan komt. Het kan iets missen: controleer wat belangrijk is "
        "bij de bron."
    ),
    welcome="Wat wilt u weten?",
    welcome_text="Stel uw vraag in gewone taal, of kies een voorbeeld.",
    examples="Voorbeeldvragen",
    example_theme="Thema",
    example_role="Uw rol",
    all_themes="Alle thema's",
    all_places="Alle plaatsen",
    all_kinds="Alle soorten",
    all_roles="Alle rollen",
    no_examples="Bij deze keuze zijn er geen voorbeelden. Kies een ander thema of een andere rol.",
    question_label="Uw vraag",
    placeholder="Typ hier uw vraag",
    send="Vraag",
    filters="Filters",
    filter_help="Zoek alleen in een deel van het materiaal.",
    place="Plaats",
    theme="Thema",
    kind="Soort",
    year_from="Vanaf jaar",
    year_to="Tot en met jaar",
    any_year="Alle jaren",
    active_filters="Filters aan",
    from_year="vanaf {year}",
    to_year="tot en met {year}",
    clear_filters="Wis filters",
    conversation="Gesprek",
    your_question="Uw vraag",
    writing="Het antwoord wordt geschreven, en zin voor zin nagekeken…",
    mode="Antwoord",
    mode_quotes="Citaten",
    mode_written="Schrijven",
    to_quotes="Toon de citaten",
    to_written="Laat schrijven",
    stop="Stop",
    written_by=WRITTEN_BY["nl"],
    written_from=WRITTEN_FROM["nl"],
    unwritten="Bij deze vraag schrijft het taalmodel niets: u ziet de zinnen uit het materiaal zelf.",
    unsupported="Niet teruggevonden in de bron",
    searching="Zoeken in het materiaal…",
    waiting="De assistent start nog op. Uw vraag staat klaar; het antwoord komt zodra het kan.",
    loading="De assistent start op. U kunt uw vraag al typen.",
    ready="Klaar voor uw vraag",
    literally="Toch letterlijk zoeken",
    asked_literally="Gezocht op precies wat u typte.",
    within_filters="Gezocht met filters: {filters}",
    sources="Bronnen",
    source="Bron",
    open_citation="Bron {number}: {named}. Open de passage.",
    source_column="Bron",
    original="Naar het origineel",
    new_tab="(opent in een nieuw tabblad)",
    copy="Kopieer",
    copied="gekopieerd, met bronnen",
    copy_failed="dat lukte niet; selecteer de tekst zelf",
    report="Klopt niet",
    report_label="Wat klopt er niet?",
    report_help=(
        "Uw opmerking wordt met de vraag en het antwoord bewaard op deze computer. Vul geen "
        "persoonsgegevens in."
    ),
    report_send="Verstuur",
    report_cancel="Annuleer",
    report_thanks="Dank u wel. Uw opmerking is bewaard.",
    follow_ups="Vraag verder",
    without_filters="U zoekt nu in een deel van het materiaal. Zonder filters vindt u misschien meer.",
    try_again="Probeer opnieuw",
    announced_unsupported="Niet teruggevonden in de bron: {count} van de geschreven zinnen.",
    announced="Antwoord met {count} bronnen: {text}",
    panel="Bron bij het antwoord",
    panel_close="Sluit",
    panel_publisher="Uitgever",
    panel_date="Datum",
    panel_kind="Soort",
    panel_previous="Vorige passage",
    panel_next="Volgende passage",
    panel_passage="De passage in onze samenvatting",
    panel_passage_original="De passage in het document",
    panel_rests_on="Gemarkeerd: waar de zin in het antwoord op steunt.",
    panel_highlighted="Gemarkeerd: wat in het antwoord staat.",
    panel_chosen="Gemarkeerd: wat bij het gekozen nummer staat.",
    panel_own_words="Dit zijn de eigen woorden van het document.",
    panel_copies="Ook in:",
    panel_suggested="Voorgesteld, niet door iemand nagekeken –",
    open_document="Open het document",
    language_label="Taal",
    panel_other_source="steunt op: {publisher}, {date}",
    footer_writes=(
        "Voor een geschreven antwoord gaan uw gesprek en de gevonden passages naar het taalmodel dat de "
        "beheerder koos. Uw vragen worden niet bewaard, behalve wat u meldt met ‘Klopt niet’."
    ),
    footer=(
        "Uw vragen gaan niet naar andere bedrijven en worden niet bewaard, behalve wat u meldt met ‘Klopt "
        "niet’."
    ),
    empty_question="Typ eerst een vraag.",
    long_question="Uw vraag is te lang. Maak hem korter dan {limit} tekens.",
    bad_use="Op deze vraag kan geen antwoord komen. Maak hem korter of kies andere filters.",
    no_index="Er is nog geen materiaal ingelezen. Voer op deze computer uit: python ingest.py",
    other_index=(
        "Het materiaal is ingelezen met een ander zoekmodel. Voer op deze computer uit: python ingest.py"
    ),
    busy_index="Het materiaal wordt op dit moment ingelezen. Probeer het over een minuut opnieuw.",
    broken_encoder="Het zoekmodel werkt niet. Zo ziet u waarom: python -m assistant ask test",
    broken="Er ging iets mis. Probeer het opnieuw; blijft het misgaan, start de assistent dan opnieuw.",
    no_passage=("Deze passage is er niet meer: het materiaal is opnieuw ingelezen. Stel uw vraag opnieuw."),
    report_failed="Uw opmerking is niet bewaard. Mag de assistent in zijn gegevensmap schrijven?",
    themes=_THEMES_NL,
    kinds=_KINDS_NL,
    roles=_ROLES_NL,
    languages={"nl": "Nederlands", "en": "Engels"},
    library=LIBRARY_NL,
)

EN = Texts(
    language="en",
    other_language="Nederlands",
    other_language_code="nl",
    other_address="/",
    name="Heat transition practice assistant",
    purpose=(
        "Searches practice stories and documents on gas-free neighbourhoods and social goals for you, and "
        "names the source."
    ),
    skip="Go to your question",
    new_conversation="New conversation",
    disclosure_writes=(
        "A written answer comes from a language model (AI); each of its sentences is compared with the "
        "source."
    ),
    disclosure=(
        "You are talking to an automatic system (AI), not to a person. It shows sentences from summaries "
        "and documents and says "
        "where each one comes from. It may miss things: check what matters at the source. The material is "
        "mostly in Dutch."
    ),
    welcome="What would you like to know?",
    welcome_text="Ask a question in plain words, or choose an example.",
    examples="Example questions",
    example_theme="Theme",
    example_role="Your role",
    all_themes="All themes",
    all_places="All places",
    all_kinds="All kinds",
    all_roles="All roles",
    no_examples="There are no examples for this choice. Choose another theme or role.",
    question_label="Your question",
    placeholder="Type your question here",
    send="Ask",
    filters="Filters",
    filter_help="Search in a part of the material only.",
    place="Place",
    theme="Theme",
    kind="Kind",
    year_from="From year",
    year_to="Up to year",
    any_year="All years",
    active_filters="Filters on",
    from_year="from {year}",
    to_year="up to {year}",
    clear_filters="Clear filters",
    conversation="Conversation",
    your_question="Your question",
    writing="The answer is being written, and checked sentence by sentence…",
    mode="Answer",
    mode_quotes="Quotes",
    mode_written="Written",
    to_quotes="Show the quotes",
    to_written="Have it written",
    stop="Stop",
    written_by=WRITTEN_BY["en"],
    written_from=WRITTEN_FROM["en"],
    unwritten="For this question the language model writes nothing: you see the material's own sentences.",
    unsupported="Not found in the source",
    searching="Searching the material…",
    waiting="The assistant is still starting. Your question is ready; the answer comes as soon as it can.",
    loading="The assistant is starting. You can type your question already.",
    ready="Ready for your question",
    literally="Search literally instead",
    asked_literally="Searched for exactly what you typed.",
    within_filters="Searched with filters: {filters}",
    sources="Sources",
    source="Source",
    open_citation="Source {number}: {named}. Open the passage.",
    source_column="Source",
    original="Go to the original",
    new_tab="(opens in a new tab)",
    copy="Copy",
    copied="copied, with sources",
    copy_failed="that failed; select the text yourself",
    report="Not right",
    report_label="What is not right?",
    report_help=(
        "Your remark is kept on this computer with the question and the answer. Please give no personal data."
    ),
    report_send="Send",
    report_cancel="Cancel",
    report_thanks="Thank you. Your remark has been kept.",
    follow_ups="Ask more",
    without_filters="You are searching a part of the material. Without filters you may find more.",
    try_again="Try again",
    announced_unsupported="Not found in the source: {count} of the written sentences.",
    announced="Answer with {count} sources: {text}",
    panel="Source of the answer",
    panel_close="Close",
    panel_publisher="Publisher",
    panel_date="Date",
    panel_kind="Kind",
    panel_previous="Previous passage",
    panel_next="Next passage",
    panel_passage="The passage in our summary",
    panel_passage_original="The passage in the document",
    panel_rests_on="Highlighted: what the sentence in the answer rests on.",
    panel_highlighted="Highlighted: what the answer shows.",
    panel_chosen="Highlighted: what stands at the number you chose.",
    panel_own_words="These are the document's own words.",
    panel_copies="Also in:",
    panel_suggested="Suggested, checked by nobody –",
    open_document="Open the document",
    language_label="Language",
    panel_other_source="rests on: {publisher}, {date}",
    footer_writes=(
        "For a written answer, your conversation and the passages found go to the language model that the "
        "administrator chose. Your questions are not kept, except what you report with ‘Not right’."
    ),
    footer=(
        "Your questions do not go to other companies and are not kept. Only what you report with ‘Not "
        "right’ is kept."
    ),
    empty_question="Type a question first.",
    long_question="Your question is too long. Make it shorter than {limit} characters.",
    bad_use="This question cannot be answered as it is. Make it shorter or change the filters.",
    no_index="No material has been read in yet. Run on this computer: python ingest.py",
    other_index="The material was read in with another search model. Run on this computer: python ingest.py",
    busy_index="The material is being read in at this moment. Try again in a minute.",
    broken_encoder="The search model does not work. To see why, run: python -m assistant ask test",
    broken="Something went wrong. Try again; if it keeps happening, restart the assistant.",
    no_passage="This passage is gone because the material was read in again. Please ask your question again.",
    report_failed="Your remark was not kept. May the assistant write in its data folder?",
    themes=_THEMES_EN,
    kinds=_KINDS_EN,
    roles=_ROLES_EN,
    languages={"nl": "Dutch", "en": "English"},
    library=LIBRARY_EN,
)
