"""The answer to an uploaded file that cannot be taken."""


class RefusedFile(Exception):  # noqa: N818  an expected answer, not an error
    """The file is not taken; the message says why and what to do, in Chinese."""
