"""The exceptions of this project, one tree.

    AssistantError                something is wrong that the caller can be told in one sentence
    ├── BadUseError               what was asked for cannot be done as asked (exit code 2)
    ├── SourceError               a source file breaks the rules (path, line and field in the text)
    ├── RefusedError              a document cannot be taken in (code → `assistant.refusals`)
    ├── EncoderError              the model is missing, damaged, or gave unusable vectors
    └── IndexError_               the index cannot be used
        ├── IndexMissingError     nothing was ingested yet
        ├── IndexMismatchError    made with another encoder or format
        ├── IndexBusyError        another process is writing
        └── UnfinishedError       what was asked is done but for the cleaning, which the next ingest does

Every message is one sentence for a person: what is wrong and what to do. Third-party exceptions are
translated where the third party is called, so nothing above a module needs to know what it is built on.
"""


class AssistantError(Exception):
    """Something went wrong that can be told in one sentence; the base of all others."""


class BadUseError(AssistantError):
    """What was asked for cannot be done as asked: an empty question, an unknown filter, a missing folder."""


class SourceError(AssistantError):
    """A source file breaks the rules; `faults` has a sentence per fault, each with path, line and field."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep every fault; the message is the first, with a count of the others."""
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = faults


class RefusedError(AssistantError):
    """A document cannot be taken in; `code` is a key of `assistant.refusals.SENTENCES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the reason; its sentence, in Dutch or English, is made where it is shown."""
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class EncoderError(AssistantError):
    """The sentence encoder is missing or damaged, or gave vectors that are not finite or of unit length."""


class IndexError_(AssistantError):
    """The index cannot be used; the message names the command that mends it."""


class IndexMissingError(IndexError_):
    """There is no live generation in the data directory."""


class IndexMismatchError(IndexError_):
    """The live generation was made with another encoder or another format of this program."""


class IndexBusyError(IndexError_):
    """Another process holds the writer's lock."""


class UnfinishedError(IndexError_):
    """What was asked is done, but not all could be cleaned up after it; the next ingest goes on with that."""
