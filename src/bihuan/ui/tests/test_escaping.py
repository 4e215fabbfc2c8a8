"""Texts are written as Jinja writes them, marks and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from markupsafe import Markup, escape

from bihuan.ui.environment import environment, lasting
from bihuan.ui.escaping import written


class Drawn:
    def __html__(self) -> str:
        return "<b>甲</b>"


@given(st.text() | st.integers() | st.none() | st.floats() | st.booleans())
def test_as_markupsafe_writes_it(value: object) -> None:
    assert str(written(value)) == str(escape(value))


@pytest.mark.parametrize("mark", "&<>'\"")
def test_every_mark_is_escaped_on_a_page(mark: str) -> None:
    source = "{{ told }}{% macro cell(x) %}<i>{{ x }}</i>{% endmacro %}{{ cell(told) }}"
    page = environment(loader=DictLoader({"a": source})).get_template("a")
    plain = Environment(autoescape=True).from_string(source)
    for told in (f"甲{mark}乙", Markup("<b>甲</b>"), Drawn(), 3):
        assert page.render(told=told) == plain.render(told=told)


def test_what_lasts_is_drawn_anew_for_another_mark() -> None:
    drawn = []
    macro = environment(loader=DictLoader({"a": "{% macro m(x) %}<p>{{ x }}{% endmacro %}"}))
    told = macro.get_template("a").module.m

    class Counted:
        name = "counted"

        def __call__(self, text: str) -> object:
            drawn.append(text)
            return told(text)

    draw = Counted()
    assert lasting(draw, ("一",), "甲") == lasting(draw, ("一",), "甲") == "<p>甲"
    assert lasting(draw, ("二",), "乙") == "<p>乙"
    assert lasting(draw, None, "丙") == "<p>丙"
    assert lasting(draw, None, "丁") == "<p>丁"
    assert drawn == ["甲", "乙", "丙", "丁"]
