"""What the library says in its own words, in Dutch (plain, B1) and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import (
    AssistantError,
    BadUseError,
    EncoderError,
    IndexBusyError,
    RefusedError,
    UnfinishedError,
)
from assistant.refusals import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.datatypes import Language


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """The words of the library in one language; names with braces are filled with `str.format`."""

    language: Language
    tabs: str
    questions_tab: str
    library_tab: str
    heading: str
    intro: str
    add: str
    choose: str
    or_drag: str
    accepted: str
    kinds_of_files: str
    limit: str
    same_name: str
    sending: str
    nothing_sent: str
    starting: str
    reading: str
    embedding: str
    working: Mapping[str, str]
    still_answers: str
    latest: str
    report_of: str
    states: Mapping[str, str]
    counts: Mapping[str, str]
    duplicate_of: str
    note_faults: str
    and_more: str
    lost_sources: str
    documents: str
    search: str
    search_hint: str
    place: str
    theme: str
    kind: str
    year: str
    state: str
    order: str
    any: Mapping[str, str]
    item_states: Mapping[str, str]
    orders: Mapping[str, str]
    found: str
    found_one: str
    found_all: str
    none_found: str
    no_documents: str
    clear: str
    previous: str
    next: str
    page: str
    untitled: str
    passages: str
    one_passage: str
    copy_of: str
    suggested: str
    back: str
    opened: str
    file: str
    uploaded: str
    text: str
    is_note: str
    is_copy: str
    metadata: str
    metadata_help: str
    fields: Mapping[str, str]
    helps: Mapping[str, str]
    wrong: Mapping[str, str]
    wrong_some: str
    unknown: str
    right: str
    save: str
    unchanged: str
    saved: str
    refused: str
    read_again: str
    read_again_help: str
    read_same: str
    read_new: str
    remove: str
    remove_sure: str
    remove_goes: str
    remove_note_goes: str
    remove_uploaded: str
    remove_comes_back: str
    remove_yes: str
    remove_no: str
    removed: str
    same_stays: str
    busy: str
    busy_elsewhere: str
    gone: str
    broken_encoder: str
    broken: str
    unfinished: str
    not_resumed: str
    damaged: str

    def problem(self, error: AssistantError) -> str:
        """One sentence for the screen about an error: what is wrong and what to do."""
        if isinstance(error, RefusedError):
            return sentence(error, self.language)
        for kind, words in (
            (IndexBusyError, self.busy_elsewhere),
            (UnfinishedError, self.unfinished),
            (EncoderError, self.broken_encoder),
            (BadUseError, self.gone),
        ):
            if isinstance(error, kind):
                return words
        return self.broken


LIBRARY_NL = LibraryTexts(
    language="nl",
    tabs="Onderdelen",
    questions_tab="Vragen",
    library_tab="Bibliotheek",
    heading="Bibliotheek",
    intro="De documenten waarin de assistent zoekt. Wat u hier verandert, geldt voor iedereen.",
    add="Documenten toevoegen",
    choose="Kies bestanden",
    or_drag="of sleep ze naar deze pagina",
    accepted="Dit kan: {kinds}. Een bestand mag hoogstens {limit} zijn.",
    kinds_of_files="PDF, Word (docx), ODT, PowerPoint (pptx), Excel (xlsx), CSV, HTML, Markdown en tekst",
    limit="{megabytes} MB",
    same_name=(
        "Heeft u al eerder een bestand met dezelfde naam toegevoegd, dan komt het nieuwe ervoor in de plaats."
    ),
    sending="Versturen: bestand {done} van {total}",
    nothing_sent="Er kwam geen bestand aan. Voeg de bestanden opnieuw toe.",
    starting="Beginnen…",
    reading="Lezen: document {done} van {total}",
    embedding="Doorzoekbaar maken: {done} van {total} stukjes tekst",
    working={
        "resume": "Wat nog niet klaar was, wordt afgemaakt",
        "add": "Uw bestanden worden ingelezen",
        "correct": "Uw wijziging wordt verwerkt",
        "reread": "Het document wordt opnieuw gelezen",
        "remove": "Het document wordt verwijderd",
    },
    still_answers="U kunt intussen gewoon vragen stellen. U mag deze pagina ook sluiten: het werk gaat door.",
    latest="Laatste keer inlezen",
    report_of="{when} – {counts}",
    states={
        "added": "Toegevoegd",
        "updated": "Bijgewerkt",
        "unchanged": "Ongewijzigd",
        "duplicate": "Dubbel",
        "refused": "Geweigerd",
        "removed": "Verwijderd",
    },
    counts={
        "added": "{count} toegevoegd",
        "updated": "{count} bijgewerkt",
        "unchanged": "{count} ongewijzigd",
        "duplicate": "{count} dubbel",
        "refused": "{count} geweigerd",
        "removed": "{count} verwijderd",
    },
    duplicate_of="Dezelfde tekst als {other}. De assistent noemt dit document één keer, met beide bestanden.",
    note_faults="Deze notitie klopt nog niet. Verbeter dit in het bestand:",
    and_more="En nog {count} bestanden.",
    lost_sources="Dit kan niet meer worden gelezen. De assistent vindt het daarom niet meer:",
    documents="Documenten",
    search="Zoek in de lijst",
    search_hint="Titel, schrijver of bestand",
    place="Plaats",
    theme="Thema",
    kind="Soort",
    year="Jaar",
    state="Wat het is",
    order="Volgorde",
    any={
        "place": "Alle plaatsen",
        "theme": "Alle thema's",
        "kind": "Alle soorten",
        "year": "Alle jaren",
        "state": "Alles",
    },
    item_states={"document": "Document", "note": "Notitie", "copy": "Dubbel"},
    orders={
        "title": "Op titel",
        "newest": "Nieuwste eerst",
        "oldest": "Oudste eerst",
        "publisher": "Op uitgever",
        "longest": "Langste eerst",
    },
    found="{found} van {total} documenten",
    found_one="1 van {total} documenten",
    found_all="{total} documenten",
    none_found="Geen document past bij uw keuze.",
    no_documents="Er zijn nog geen documenten. Voeg hierboven uw eerste bestand toe.",
    clear="Wis keuze",
    previous="Vorige",
    next="Volgende",
    page="Pagina {page} van {pages}",
    untitled="Zonder titel",
    passages="{count} passages",
    one_passage="1 passage",
    copy_of="Dubbel van {other}",
    suggested="Gegevens nog niet nagekeken",
    back="Terug naar de lijst",
    opened="Document: {title}",
    file="Bestand",
    uploaded="{name} (hier toegevoegd)",
    text="Tekst",
    is_note="Dit is een notitie: onze samenvatting. De gegevens verandert u in het bestand zelf.",
    is_copy="Dit document heeft dezelfde tekst als {other}. De assistent noemt dat document, met dit erbij.",
    metadata="Gegevens",
    metadata_help=(
        "Met deze gegevens vindt en noemt de assistent het document. Wat u verandert, blijft staan als het "
        "document opnieuw wordt gelezen."
    ),
    fields={
        "title": "Titel",
        "publisher": "Uitgever",
        "authors": "Schrijvers",
        "date": "Datum",
        "url": "Adres op internet",
        "kind": "Soort",
        "places": "Plaatsen",
        "themes": "Thema's",
        "language": "Taal",
    },
    helps={
        "authors": "Elke schrijver op een eigen regel.",
        "date": "Bijvoorbeeld 2023, 2023-05 of 12-5-2023. Onbekend? Laat het leeg.",
        "url": "Begint met https://. Staat het niet op internet? Laat het leeg.",
        "places": "Elke plaats op een eigen regel.",
    },
    wrong={
        "title": "Vul een titel in van hoogstens 1.000 tekens.",
        "publisher": "Maak de uitgever korter dan 1.000 tekens.",
        "authors": "Maak de lijst korter dan 1.000 tekens.",
        "date": "Dit is geen datum. Typ een jaar (2023), een maand (2023-05) of een dag (12-5-2023).",
        "url": "Dit is geen adres. Een adres begint met https:// of http:// en heeft geen spaties.",
        "kind": "Kies een soort uit de lijst.",
        "places": "Maak de lijst korter dan 1.000 tekens.",
        "themes": "Kies thema's uit de lijst.",
        "language": "Kies een taal uit de lijst.",
    },
    wrong_some="Er is nog niets bewaard. Verbeter eerst wat hieronder in rood staat.",
    unknown="Onbekend",
    right="Voorgesteld door de assistent. Vink aan als het klopt.",
    save="Bewaar",
    unchanged="U heeft niets veranderd.",
    saved="Bewaard. De assistent gebruikt nu de nieuwe gegevens.",
    refused="Het bestand kan nu niet meer worden gelezen. De oude tekst blijft staan.",
    read_again="Lees opnieuw",
    read_again_help="Is het bestand veranderd, of klopt er iets niet aan de tekst? Lees het dan opnieuw.",
    read_same="Het document is opnieuw gelezen. De tekst is niet veranderd.",
    read_new="Het document is opnieuw gelezen. De assistent gebruikt nu de nieuwe tekst.",
    remove="Verwijder…",
    remove_sure="‘{title}’ verwijderen?",
    remove_goes=(
        "De assistent vergeet dit document: de tekst, alles waarmee hij erin zoekt, het bewaarde origineel "
        "en wat u aan de gegevens verbeterde. Dit kan niet ongedaan worden gemaakt."
    ),
    remove_note_goes="De assistent vergeet deze notitie: de tekst en alles waarmee hij erin zoekt.",
    remove_uploaded=(
        "Ook het bestand dat hier is toegevoegd, verdwijnt. Bewaar zelf een kopie als u het nog nodig heeft."
    ),
    remove_comes_back=(
        "Het bestand zelf blijft staan: {path}. Wordt die map weer ingelezen, dan komt het document terug. "
        "Wilt u dat niet, haal het bestand dan uit die map."
    ),
    remove_yes="Ja, verwijder",
    remove_no="Nee, laat staan",
    removed="‘{title}’ is verwijderd.",
    same_stays="Let op: ‘{other}’ heeft dezelfde tekst. Dat document blijft.",
    busy="Er wordt nu al iets ingelezen of veranderd. Wacht tot dat klaar is en probeer het dan opnieuw.",
    busy_elsewhere=(
        "Het materiaal wordt nu buiten deze pagina ingelezen. Probeer het over een minuut opnieuw."
    ),
    gone="Dit document of het bestand ervan is er niet meer. Ververs de pagina om te zien wat er nu is.",
    broken_encoder=(
        "Het zoekmodel werkt niet. Er is niets veranderd. Wie de assistent beheert, ziet de oorzaak met: "
        "python -m assistant ask test"
    ),
    broken="Het is niet gelukt. Er is niets veranderd. Kijk of de schijf vol is, en probeer het opnieuw.",
    unfinished="De wijziging is verwerkt. Het opruimen gaat verder bij de volgende wijziging.",
    not_resumed=(
        "Wat de vorige keer niet klaar was, kon nu niet worden afgemaakt. De assistent probeert het opnieuw "
        "bij de volgende wijziging. Wie de assistent beheert, ziet de oorzaak met: python ingest.py"
    ),
    damaged="De lijst kan niet worden gelezen. Voer op deze computer uit: python ingest.py",
)

LIBRARY_EN = LibraryTexts(
    language="en",
    tabs="Parts",
    questions_tab="Questions",
    library_tab="Library",
    heading="Library",
    intro="The documents that the assistant searches. What you change here counts for everyone.",
    add="Add documents",
    choose="Choose files",
    or_drag="or drag them onto this page",
    accepted="You can add: {kinds}. A file may be {limit} at most.",
    kinds_of_files="PDF, Word (docx), ODT, PowerPoint (pptx), Excel (xlsx), CSV, HTML, Markdown and text",
    limit="{megabytes} MB",
    same_name="If you added a file of the same name before, the new one takes its place.",
    sending="Sending: file {done} of {total}",
    nothing_sent="No file arrived. Add the files again.",
    starting="Starting…",
    reading="Reading: document {done} of {total}",
    embedding="Making it searchable: {done} of {total} pieces of text",
    working={
        "resume": "What was not finished yet is being finished",
        "add": "Your files are being read in",
        "correct": "Your change is being made",
        "reread": "The document is being read again",
        "remove": "The document is being removed",
    },
    still_answers="You can go on asking questions. You may also close this page: the work goes on.",
    latest="Last time read in",
    report_of="{when} – {counts}",
    states={
        "added": "Added",
        "updated": "Updated",
        "unchanged": "Unchanged",
        "duplicate": "Duplicate",
        "refused": "Refused",
        "removed": "Removed",
    },
    counts={
        "added": "{count} added",
        "updated": "{count} updated",
        "unchanged": "{count} unchanged",
        "duplicate": "{count} duplicate",
        "refused": "{count} refused",
        "removed": "{count} removed",
    },
    duplicate_of="The same text as {other}. The assistant names this document once, with both files.",
    note_faults="This note is not right yet. Mend this in the file:",
    and_more="And {count} more files.",
    lost_sources="This could not be taken over:",
    documents="Documents",
    search="Search the list",
    search_hint="Title, author or file",
    place="Place",
    theme="Theme",
    kind="Kind",
    year="Year",
    state="What it is",
    order="Order",
    any={
        "place": "All places",
        "theme": "All themes",
        "kind": "All kinds",
        "year": "All years",
        "state": "Everything",
    },
    item_states={"document": "Document", "note": "Note", "copy": "Duplicate"},
    orders={
        "title": "By title",
        "newest": "Newest first",
        "oldest": "Oldest first",
        "publisher": "By publisher",
        "longest": "Longest first",
    },
    found="{found} of {total} documents",
    found_one="1 of {total} documents",
    found_all="{total} documents",
    none_found="No document fits your choice.",
    no_documents="There are no documents yet. Add your first file above.",
    clear="Clear choice",
    previous="Previous",
    next="Next",
    page="Page {page} of {pages}",
    untitled="Untitled",
    passages="{count} passages",
    one_passage="1 passage",
    copy_of="Duplicate of {other}",
    suggested="Details not checked yet",
    back="Back to the list",
    opened="Document: {title}",
    file="File",
    uploaded="{name} (added here)",
    text="Text",
    is_note="This is a note: our summary. Its details are changed in the file itself.",
    is_copy=(
        "This document has the same text as {other}. The assistant names that one, with this one beside it."
    ),
    metadata="Details",
    metadata_help=(
        "With these details the assistant finds and names the document. What you change stays when the "
        "document is read again."
    ),
    fields={
        "title": "Title",
        "publisher": "Publisher",
        "authors": "Authors",
        "date": "Date",
        "url": "Web address",
        "kind": "Kind",
        "places": "Places",
        "themes": "Themes",
        "language": "Language",
    },
    helps={
        "authors": "Each author on a line of their own.",
        "date": "For example 2023, 2023-05 or 12-5-2023 (day first). Unknown? Leave it empty.",
        "url": "Begins with https://. Not on the web? Leave it empty.",
        "places": "Each place on a line of its own.",
    },
    wrong={
        "title": "Give a title of at most 1,000 characters.",
        "publisher": "Make the publisher shorter than 1,000 characters.",
        "authors": "Make the list shorter than 1,000 characters.",
        "date": "This is not a date. Type a year (2023), a month (2023-05) or a day (12-5-2023).",
        "url": "This is not an address. An address begins with https:// or http:// and has no spaces.",
        "kind": "Choose a kind from the list.",
        "places": "Make the list shorter than 1,000 characters.",
        "themes": "Choose themes from the list.",
        "language": "Choose a language from the list.",
    },
    wrong_some="Nothing has been saved yet. First mend what is in red below.",
    unknown="Unknown",
    right="Suggested by the assistant. Tick it if it is right.",
    save="Save",
    unchanged="You changed nothing.",
    saved="Saved. The assistant now uses the new details.",
    refused="The file cannot be read any more. The old text stays.",
    read_again="Read again",
    read_again_help="Has the file changed, or is something wrong with the text? Then read it again.",
    read_same="The document was read again. Its text has not changed.",
    read_new="The document was read again. The assistant now uses the new text.",
    remove="Remove…",
    remove_sure="Remove ‘{title}’?",
    remove_goes=(
        "The assistant forgets this document: its text, everything used to search it, the stored original "
        "and what you mended in its details. This cannot be undone."
    ),
    remove_note_goes="The assistant forgets this note: its text and everything used to search it.",
    remove_uploaded="The file that was added here goes as well. Keep a copy yourself if you still need it.",
    remove_comes_back=(
        "The file itself stays: {path}. When that folder is read in again, the document comes back. "
        "If you do not want that, take the file out of that folder."
    ),
    remove_yes="Yes, remove",
    remove_no="No, keep it",
    removed="‘{title}’ was removed.",
    same_stays="Note: ‘{other}’ has the same text. That document stays.",
    busy="Something is being read in or changed at this moment. Wait until that is done and try again.",
    busy_elsewhere="The material is being read in outside this page. Try again in a minute.",
    gone="This document or its file is no longer there. Refresh the page to see what there is now.",
    broken_encoder=(
        "The search model does not work. Nothing was changed. To see why, run: python -m assistant ask test"
    ),
    broken="It did not work; nothing was changed. Is the disk full? Otherwise try again.",
    unfinished="The change is made. Cleaning up goes on with the next change.",
    not_resumed=(
        "What was not finished last time could not be finished now. It is tried again with the next change. "
        "To see why, run: python ingest.py"
    ),
    damaged="The list cannot be read. Run on this computer: python ingest.py",
)
