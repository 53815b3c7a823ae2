"""Why a document was refused, in one sentence for a person: what is wrong and what to do.

`{detail}` becomes " (detail)", or nothing where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.datatypes import Language
    from assistant.errors import RefusedError

SENTENCES: Mapping[str, Mapping[Language, str]] = {
    "encrypted": {
        "nl": "Het bestand is beveiligd met een wachtwoord; sla het op zonder wachtwoord en voeg"
        " het opnieuw toe.",
        "en": "The file is protected with a password; save it without one and add it again.",
    },
    "no_text_layer": {
        "nl": "Dit is een scan zonder tekstlaag{detail}: er staan alleen plaatjes van tekst in;"
        " maak er eerst met"
        " tekstherkenning (OCR) een doorzoekbare PDF van.",
        "en": "This is a scan without a text layer{detail}: it holds only pictures of text; make it"
        " a searchable"
        " PDF with text recognition (OCR) first.",
    },
    "twice": {
        "nl": "Er kwamen twee bestanden met deze naam tegelijk; geef ze verschillende namen.",
        "en": "Two files with this name came at once; give them different names.",
    },
    "empty": {
        "nl": "Het bestand is leeg (0 bytes); kijk of het goed is opgeslagen of gedownload.",
        "en": "The file is empty (0 bytes); check that it was saved or downloaded completely.",
    },
    "no_text": {
        "nl": "In het bestand staat geen leesbare tekst; sla het op in een andere vorm,"
        " bijvoorbeeld als Word of"
        " als gewone tekst.",
        "en": "The file holds no readable text; save it in another form, for example as Word or plain text.",
    },
    "corrupt": {
        "nl": "Het bestand is beschadigd en kan niet worden gelezen; open het in het programma waarmee het is"
        " gemaakt en sla het opnieuw op.",
        "en": "The file is damaged and cannot be read; open it in the program that made it and save"
        " it again.",
    },
    "too_large": {
        "nl": "Het bestand is te groot{detail}; splits het in kleinere delen of verhoog de grens in"
        " de instellingen.",
        "en": "The file is too large{detail}; split it into smaller parts or raise the limit in the"
        " settings.",
    },
    "too_long": {
        "nl": "Het document heeft te veel tekst{detail} om in één keer te lezen; splits het in"
        " kleinere delen.",
        "en": "The document has too much text{detail} to be read at once; split it into smaller parts.",
    },
    "unknown_format": {
        "nl": "Dit soort bestand{detail} kan niet worden gelezen; gebruik PDF, Word (docx), ODT,"
        " PowerPoint (pptx),"
        " Excel (xlsx), CSV, HTML, Markdown of gewone tekst.",
        "en": "This kind of file{detail} cannot be read; use PDF, Word (docx), ODT, PowerPoint (pptx),"
        " Excel (xlsx), CSV, HTML, Markdown or plain text.",
    },
    "wrong_format": {
        "nl": "De inhoud{detail} past niet bij het einde van de bestandsnaam; geef het bestand de"
        " naam die bij de"
        " inhoud hoort, of sla het opnieuw op.",
        "en": "The content{detail} does not match the ending of the file name; give the file the"
        " name that fits its"
        " content, or save it again.",
    },
    "bomb": {
        "nl": "Het bestand is veel groter of dieper genest als het wordt uitgepakt en kan het programma laten"
        " vastlopen; sla het opnieuw op of laat het weg.",
        "en": "The file becomes far larger or more deeply nested when unpacked and could stall the"
        " program; save it"
        " again or leave it out.",
    },
    "outside": {
        "nl": "Dit is een verwijzing naar een plek buiten de map; zet het bestand zelf in de map.",
        "en": "This is a link to a place outside the folder; put the file itself in the folder.",
    },
    "unsafe_name": {
        "nl": "De bestandsnaam bevat tekens die niet veilig zijn, zoals ../ of onzichtbare tekens;"
        " geef het bestand"
        " een gewone naam.",
        "en": "The file name holds characters that are not safe, such as ../ or invisible ones;"
        " give the file an"
        " ordinary name.",
    },
    "macros": {
        "nl": "Het bestand bevat macro's{detail}, en die kunnen schadelijk zijn; sla het op zonder macro's,"
        " bijvoorbeeld als docx, xlsx of pptx.",
        "en": "The file holds macros{detail}, which can do harm; save it without macros, for"
        " example as docx, xlsx"
        " or pptx.",
    },
    "not_regular": {
        "nl": "Dit is geen gewoon bestand; voeg alleen gewone bestanden toe.",
        "en": "This is not an ordinary file; add ordinary files only.",
    },
    "unreadable": {
        "nl": "Het bestand kan niet worden geopend{detail}; kijk of het bestand er nog is en of u"
        " het mag lezen.",
        "en": "The file cannot be opened{detail}; check that it is still there and that you may read it.",
    },
    "timeout": {
        "nl": "Het lezen van het bestand duurt te lang{detail}; splits het in kleinere delen of sla"
        " het opnieuw op.",
        "en": "Reading the file takes too long{detail}; split it into smaller parts or save it again.",
    },
    "memory": {
        "nl": "Het lezen van het bestand kost te veel geheugen; splits het in kleinere delen of sla"
        " het opnieuw op.",
        "en": "Reading the file takes too much memory; split it into smaller parts or save it again.",
    },
    "crashed": {
        "nl": "Het lezen van het bestand ging mis doordat er iets in het bestand niet klopt; sla"
        " het opnieuw op in het"
        " programma waarmee het is gemaakt.",
        "en": "Reading the file failed because something in it is wrong; save it again in the"
        " program that made it.",
    },
}


def sentence(error: RefusedError, language: Language) -> str:
    """The reason as a sentence; a code that is unknown here reads as `corrupt`."""
    words = SENTENCES.get(error.code, SENTENCES["corrupt"])[language]
    return words.replace("{detail}", f" ({error.detail})" if error.detail else "")
