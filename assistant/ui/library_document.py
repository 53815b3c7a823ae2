"""One document of the library as HTML: where it comes from, its metadata to correct, whether to remove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.edits import FIELDS
from assistant.sources import KINDS, LANGUAGES, THEMES
from assistant.ui.corrections import LISTS, MAX_CHARACTERS, values_of
from assistant.ui.inline import plain_html
from assistant.ui.library_view import message_html, select, title_of
from assistant.ui.panel import original_link
from assistant.ui.render import button
from assistant.ui.shelf import file_name, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.listing import Item
    from assistant.ui.corrections import Filled
    from assistant.ui.texts import Texts


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that is open: whether its file was sent to the app, and the name of what it is a copy of.

    `form` is what was filled in, when that was not right; `removing` asks whether to remove it; `message`
    tells what came of a step, `bad` that it failed. `same` is the title of another one with the same text.
    """

    item: Item
    uploaded: bool
    copy_of: str = ""
    form: Filled | None = None
    removing: bool = False
    message: str = ""
    bad: bool = False
    same: str = ""


def document_html(opened: Opened, texts: Texts) -> str:
    """One document: where it comes from, its metadata to correct, and what can be done with it."""
    words = texts.library
    item = opened.item
    body = _removal(opened, texts) if opened.removing else _facts(opened, texts) + _form(opened, texts)
    label = plain_html(words.opened.format(title=title_of(item, texts)))
    return (
        f'<section class="detail" aria-label="{label}">'
        f"{button(words.back, 'leave', 'textual', id=item.source.id)}"
        f'<h2 tabindex="-1"{"" if _takes_focus(opened) else " data-take-focus"}>'
        f"{plain_html(title_of(item, texts))}</h2>"
        f"{message_html(opened.message, bad=opened.bad)}{body}</section>"
    )


def _takes_focus(opened: Opened) -> bool:
    """Whether something below the heading is to be looked at first."""
    return opened.removing or bool(opened.form and opened.form.wrong)


def _facts(opened: Opened, texts: Texts) -> str:
    words, item = texts.library, opened.item
    state = state_of(item)
    path = words.uploaded.format(name=file_name(item.path)) if opened.uploaded else item.path
    count = words.one_passage if item.passages == 1 else words.passages.format(count=item.passages)
    rows = (
        (words.state, words.item_states[state]),
        (words.file, path),
        (words.text, count if item.passages else ""),
    )
    listed = "".join(
        f"<div><dt>{name}</dt><dd>{plain_html(value)}</dd></div>" for name, value in rows if value
    )
    told = words.is_note if item.is_note else ""
    if item.copy_of:
        told = words.is_copy.format(other=f"‘{opened.copy_of or item.copy_of}’")
    return (
        f'<dl>{listed}</dl><p class="links">{original_link(item.source, None, texts)}</p>'
        + (f'<p class="help">{plain_html(told)}</p>' if told else "")
        + f'<div class="actions">{button(words.read_again, "reread", "quiet", id=item.source.id)}'
        f"{button(words.remove, 'doubt', 'quiet danger', id=item.source.id)}</div>"
        f'<p class="help">{words.read_again_help}</p>'
    )


def _removal(opened: Opened, texts: Texts) -> str:
    """The question whether to remove it, with what goes and what stays."""
    words, item = texts.library, opened.item
    title = plain_html(words.remove_sure.format(title=title_of(item, texts)))
    goes = words.remove_note_goes if item.is_note else words.remove_goes
    file = words.remove_uploaded if opened.uploaded else words.remove_comes_back.format(path=item.path)
    same = f"<p>{plain_html(words.same_stays.format(other=opened.same))}</p>" if opened.same else ""
    return (
        f'<div class="removal" role="alertdialog" aria-labelledby="removal-title"'
        f' aria-describedby="removal-text"><h3 id="removal-title" tabindex="-1" data-take-focus>{title}</h3>'
        f'<div id="removal-text"><p>{goes}</p><p>{plain_html(file)}</p>{same}</div><div class="actions">'
        f"{button(words.remove_yes, 'discard', 'solid danger', id=item.source.id)}"
        f"{button(words.remove_no, 'spare', 'quiet', id=item.source.id)}</div></div>"
    )


def _form(opened: Opened, texts: Texts) -> str:
    item, words = opened.item, texts.library
    if item.is_note:
        return ""
    values = opened.form.values if opened.form else values_of(item.source)
    wrong = opened.form.wrong if opened.form else ()
    fields = "".join(
        _field(name, values[name], opened, texts, first=name == (wrong[0] if wrong else ""))
        for name in FIELDS
    )
    return (
        f'<div class="metadata" role="form" aria-labelledby="metadata-title"><h3 id="metadata-title">'
        f'{words.metadata}</h3><p class="help">{words.metadata_help}</p>{fields}'
        f'<div class="actions">{button(words.save, "store", "solid", id=item.source.id)}</div></div>'
    )


def _field(name: str, value: str, opened: Opened, texts: Texts, *, first: bool) -> str:
    """A field with its label, help, the sentence on what is wrong with it, and whether it was suggested."""
    words = texts.library
    wrong = opened.form is not None and name in opened.form.wrong
    ids = [
        f"field-{name}-{part}" for part, there in (("help", name in words.helps), ("wrong", wrong)) if there
    ]
    extra = (
        (f' aria-describedby="{" ".join(ids)}"' if ids else "")
        + (' aria-invalid="true"' if wrong else "")
        + (" data-take-focus" if first else "")
    )
    below = (f'<p class="help" id="{ids[0]}">{words.helps[name]}</p>' if name in words.helps else "") + (
        f'<p class="wrong" id="{ids[-1]}">{words.wrong[name]}</p>' if wrong else ""
    )
    if name in opened.item.source.suggested:
        below += (
            f'<label class="right"><input type="checkbox" name="right" value="{name}"> {words.right}</label>'
        )
    return f'<div class="entry">{_input(name, value, extra, texts)}{below}</div>'


def _input(name: str, value: str, extra: str, texts: Texts) -> str:
    words = texts.library
    label, field = words.fields[name], f"field-{name}"
    if name == "themes":
        return _boxes(name, label, value.split("\n"), texts)
    if name in {"kind", "language"}:
        known, names = (KINDS, texts.kinds) if name == "kind" else (LANGUAGES, texts.languages)
        choices = [("", words.unknown), *((each, names[each]) for each in known)]
        return select(field, name, label, choices, value, extra)
    start = f'<div class="field"><label for="{field}">{label}</label>'
    if name in LISTS:
        rows = max(2, value.count("\n") + 2)
        return (
            f'{start}<textarea id="{field}" name="{name}" rows="{min(rows, 6)}" maxlength="{MAX_CHARACTERS}"'
            f"{extra}>{plain_html(value)}</textarea></div>"
        )
    return (
        f'{start}<input type="text" id="{field}" name="{name}" maxlength="{MAX_CHARACTERS}"'
        f' value="{plain_html(value)}"{extra}></div>'
    )


def _boxes(name: str, label: str, chosen: Sequence[str], texts: Texts) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="{name}" value="{theme}"'
        f"{' checked' if theme in chosen else ''}> "
        f"{plain_html(texts.themes[theme])}</label>"
        for theme in sorted(THEMES, key=lambda theme: texts.themes[theme])
    )
    return f'<fieldset class="boxes"><legend>{label}</legend>{boxes}</fieldset>'
