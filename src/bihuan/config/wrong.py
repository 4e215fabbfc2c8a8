"""A setting of the environment or of the command line that can't stand, said in Chinese."""


class WrongSetting(Exception):  # noqa: N818 - an expected answer, not an error
    """The deployment is set up wrongly; the text says what is wrong and what to do."""
