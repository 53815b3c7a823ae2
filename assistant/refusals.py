"""Why a document or address was refused, in one sentence for a person: what is wrong and what to do.

`{detail}` becomes " (detail)", or nothing where there is none; what is in square brackets is said only where
there is a detail, and `{kind}` in it is the detail itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.datatypes import Language
    from assistant.errors import RefusedError

_WITH_DETAIL = re.compile(r"\[([^\]]*)\]")

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
        "nl": "Het bestand is beschadigd[ of geen {kind}] en kan niet worden gelezen; open het in het"
        " programma waarmee het is gemaakt, sla het opnieuw op en voeg het weer toe.",
        "en": "The file is damaged[ or not {kind}] and cannot be read; open it in the program that made it,"
        " save it again and add it once more.",
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
        "nl": "De inhoud van het bestand is van een andere soort{detail} dan de naam zegt; open het in het"
        " programma waarmee het is gemaakt en sla het op als PDF, Word (docx) of gewone tekst.",
        "en": "The content of the file is of another kind{detail} than its name says; open it in the program"
        " that made it and save it as PDF, Word (docx) or plain text.",
    },
    "bomb": {
        "nl": "Het bestand wordt bij het openen zo groot dat het programma kan vastlopen; sla het opnieuw op"
        " of laat het weg.",
        "en": "The file becomes far larger or more deeply nested when unpacked and could stall the"
        " program; save it"
        " again or leave it out.",
    },
    "outside": {
        "nl": "Dit is een snelkoppeling naar een plek buiten de map; zet het bestand zelf in de map.",
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
        "nl": "Er klopt iets niet in het bestand, waardoor het lezen misging; open het in het programma"
        " waarmee het is gemaakt en sla het opnieuw op.",
        "en": "Reading the file failed because something in it is wrong; save it again in the"
        " program that made it.",
    },
    "too_many": {
        "nl": "Er kwamen te veel bestanden tegelijk{detail}; voeg ze in kleinere groepen toe.",
        "en": "Too many files came at once{detail}; add them in smaller groups.",
    },
    "too_much": {
        "nl": "De bestanden zijn samen te groot om in één keer toe te voegen{detail}; voeg ze in kleinere"
        " groepen toe.",
        "en": "The files together are too large to be added at once{detail}; add them in smaller groups.",
    },
    "inbox_full": {
        "nl": "Er wachten al te veel bestanden om te worden toegevoegd{detail}; voeg dit bestand later"
        " opnieuw toe, uiterlijk over een uur is er weer plaats.",
        "en": "Too many files are already waiting to be added{detail}; add this one again later, there"
        " will be room within an hour.",
    },
    "interrupted": {
        "nl": "De assistent stopte voordat dit bestand was bewaard; voeg het opnieuw toe.",
        "en": "The assistant stopped before this file was kept; add it again.",
    },
    "lost": {
        "nl": "Dit bestand kwam niet aan; voeg het opnieuw toe.",
        "en": "This file did not arrive; add it again.",
    },
    "address_wrong": {
        "nl": "Dit is geen adres van een pagina op internet{detail}; een adres begint met https:// of http://.",
        "en": "This is no address of a page on the web{detail}; an address begins with https:// or http://.",
    },
    "address_login": {
        "nl": "In het adres staat een naam of wachtwoord, en iedereen zou dat zien; geef het adres zonder.",
        "en": "The address holds a name or password, which all would see; give the address without it.",
    },
    "address_private": {
        "nl": "Dit adres is van deze computer of van een intern netwerk{detail}; wie de assistent beheert,"
        " kan dat toestaan met ASSISTANT_PRIVATE_URLS=on.",
        "en": "This address is of this computer or in a private network{detail}; ASSISTANT_PRIVATE_URLS=on"
        " allows that.",
    },
    "address_unreachable": {
        "nl": "De pagina kan niet worden opgehaald{detail}; controleer het adres en probeer het later"
        " opnieuw.",
        "en": "The page cannot be fetched{detail}; check the address and try again later.",
    },
    "address_kind": {
        "nl": "Op dit adres staat iets dat niet kan worden gelezen{detail}; geef het adres van een webpagina,"
        " een PDF of een ander document.",
        "en": "What is at this address cannot be read{detail}; give the address of a web page, a PDF or"
        " another document.",
    },
    "address_slow": {
        "nl": "De pagina komt te langzaam binnen{detail}; probeer het later opnieuw, of sla de pagina op als"
        " bestand en voeg dat toe.",
        "en": "The page takes too long to arrive{detail}; try again later, or save it as a file and add"
        " that.",
    },
}


def sentence(error: RefusedError, language: Language) -> str:
    """The reason as a sentence; a code that is unknown here reads as `corrupt`."""
    words = SENTENCES.get(error.code, SENTENCES["corrupt"])[language]
    words = _WITH_DETAIL.sub(r"\1" if error.detail else "", words).replace("{kind}", error.detail)
    return words.replace("{detail}", f" ({error.detail})" if error.detail else "")
