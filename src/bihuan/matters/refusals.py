"""What the engine says no with: sentences for users, and the kind of no."""

from collections.abc import Mapping, Sequence


class Refused(Exception):  # noqa: N818 - an expected answer, not an error
    """A step can't be taken; the text says in Chinese what is missing and what to do next."""

    status = 409

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})


class Incomplete(Refused):
    """The answers lack something; `fields` has a sentence per field.

    `confirmable` names fields that are taken once the person confirms them.
    """

    status = 422

    def __init__(
        self,
        sentence: str,
        *,
        fields: Mapping[str, str] | None = None,
        confirmable: Sequence[str] = (),
    ) -> None:
        super().__init__(sentence, fields=fields)
        self.confirmable = tuple(confirmable)


class NoRoom(Incomplete):
    """A file for which the disk has no room left; sent again later it may be taken."""

    status = 507


class NotYours(Refused):
    """Inside one's scope, but not one's role."""

    status = 403


class NotFound(Refused):
    """Outside one's scope, or not there at all: the two are never told apart."""

    status = 404

    def __init__(self) -> None:
        super().__init__("没有找到这一事项，或者不在您的办理范围内。")
