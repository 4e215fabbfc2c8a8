"""Expected refusals of accounts: a sentence for the user, and one for each field it is about."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818  an expected answer, not an error
    """Something may not be done as asked; `fields` maps a field's name to its sentence."""

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = dict(fields or {})
