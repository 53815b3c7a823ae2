"""MHTML, a page that a browser saved with all its parts → `Draft` of the page."""

from __future__ import annotations

import email
import email.policy
from email.errors import MessageError
from typing import TYPE_CHECKING

from assistant.documents.decoding import decode
from assistant.documents.web import page
from assistant.errors import RefusedError

if TYPE_CHECKING:
    from assistant.documents.blocks import Draft
    from assistant.documents.limits import Limits


def read(data: bytes, limits: Limits) -> Draft:
    """The first HTML part of the archive, with the address that it was saved from."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
        body = parts[0].get_payload(decode=True) if parts else None
        address = (
            str(message["Snapshot-Content-Location"] or parts[0]["Content-Location"] or "") if parts else ""
        )
        charset = parts[0].get_content_charset() or "" if parts else ""
    except (MessageError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise RefusedError("corrupt") from error
    if not isinstance(body, bytes):
        raise RefusedError("corrupt")
    return page(decode(body, charset), address)
