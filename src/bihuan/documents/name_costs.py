"""What a name loses by its characters: seldom surnames, good words of their own, places."""

from functools import lru_cache

from bihuan.documents.name_context import (
    BESIDE_ROLES,
    COUNTING,
    DISTRICT_LAST,
    GIVEN_WORDS,
    LAST_UNLIKELY,
    LONG_TITLE,
    MASKED,
    MEASURES,
    NOT_FORMS,
    NOT_GIVEN,
    OFFICE_LAST,
    PLACE_AFTER,
    PLACE_LAST,
    PLACE_MIDDLE,
    PLACE_SOON,
    SELDOM_GIVEN,
    SELDOM_SURNAMES,
)
from bihuan.documents.name_slots import (
    FIRM_GAIN,
    LABEL_GAIN,
    LISTED_GAIN,
    MEMBER_GAIN,
    SPEECH_AFTER_GAIN,
)
from bihuan.documents.name_words import name_words

RARE_GIVEN = 20
UNTOLD_COST = 5
UNTOLD_WORD_COST = 9
BESIDE_ROLES_COST = 16
TORN_WORD_COST = 5
SINGLE_GIVEN_COST = 6
SELDOM_GIVEN_COST = 5
ADDRESS_COST = 15
SHORT_TITLE_COST = 5
SELDOM_COST = 10
RARE_CHARACTER = 3
GIVEN_WORD_COST = 18
GIVEN_VERB_COST = 6
UNLIKELY_GIVEN = 30
UNLIKELY_GIVEN_COST = 6
# 应股长 and 庄科长 are seldom a verb with an office; no clause begins with 时 or 成 for a word.
SELDOM_VERBS = frozenset("应庄包平计管单")
NEVER_FIRST = SELDOM_VERBS | frozenset("时成相")
WORD_CLASS_COSTS = dict.fromkeys("dmcprqut", 10) | {"v": 5, "vn": 6, "ns": 8, "f": 8}
UNKNOWN_CHARACTER = 32
EXPECTED_SURNAME = 20
SPLIT_WORD_COST = 12
RARE_SURNAME = 9


def surname_cost(text: str, *, place: int, given_start: int, told: int) -> int:
    """Return what is lost by a surname that is oftener a conjunction, a verb or a measure."""
    total = 0
    if text[place] in SELDOM_SURNAMES:
        other = name_words().surnames.get(text[given_start], UNKNOWN_CHARACTER)
        if text[place] in "和由从" and other <= EXPECTED_SURNAME and told < LABEL_GAIN:
            total = 4 * SELDOM_COST
        elif told < LISTED_GAIN:
            total = SELDOM_COST
    if text[place] in MEASURES and place and text[place - 1] in COUNTING:
        total += SPLIT_WORD_COST
    return total


def reading_cost(text: str, place: int, stop: int, told: int, said: int) -> int:
    """Return what is lost when the characters make good words of their own."""
    words = text[place:stop]
    total = word_cost(words)
    if told < LABEL_GAIN and words[1:] not in GIVEN_WORDS:
        total += _given_verb_cost(words)
    if told < MEMBER_GAIN and said < SPEECH_AFTER_GAIN and words in name_words().common:
        total += UNTOLD_WORD_COST
    if told < MEMBER_GAIN and len(words) > 2 and given_cost(words[1:]) > UNLIKELY_GIVEN:
        total += UNLIKELY_GIVEN_COST
    if told < FIRM_GAIN:
        total += UNTOLD_COST + _torn_word_cost(text, place=place, stop=stop)
    elif name_words().classes.get(text[stop - 1 : stop + 1]) in {"v", "vn"}:
        total += TORN_WORD_COST
    return total


def _given_verb_cost(words: str) -> int:
    """Return what is lost by 能打开 and 可推知, whose given name says what is done."""
    if len(words) < 3:
        return 0
    if words[0] in SELDOM_SURNAMES and words[1:] in name_words().common:
        return 2 * GIVEN_VERB_COST
    is_verb = name_words().classes.get(words[1:]) in {"v", "vn", "d", "p", "c"}
    return GIVEN_VERB_COST if is_verb else 0


def _torn_word_cost(text: str, *, place: int, stop: int) -> int:
    """Return what is lost when the name begins or ends in the middle of a common word."""
    common = name_words().common
    edges = (text[place - 1 : place + 1], text[stop - 1 : stop + 1])
    return sum(TORN_WORD_COST for word in edges if len(word) == 2 and word in common)


def word_cost(words: str) -> int:
    """Return what is lost when the words are an adverb or a number, which fit beside roles."""
    if words in BESIDE_ROLES:
        return BESIDE_ROLES_COST
    word_class = name_words().classes.get(words)
    return WORD_CLASS_COSTS.get(word_class, 0) if word_class else 0


def title_cost(text: str, *, place: int, title: str, rare: bool) -> int:
    total = SPLIT_WORD_COST * (text[place : place + 2] in NOT_FORMS)
    total += ADDRESS_COST + (SHORT_TITLE_COST if len(title) == 1 else 0)
    if rare and title in "矿站处所":
        total += SPLIT_WORD_COST
    if text[place - 1 : place + 1] in name_words().common:
        total += SPLIT_WORD_COST
    seldom = text[place] in SELDOM_SURNAMES and title[-1] in OFFICE_LAST
    if seldom:
        opens = place == 0 or not "\u4e00" <= text[place - 1] <= "\u9fff"
        lighter = text[place] in (NEVER_FIRST if opens else SELDOM_VERBS)
        total += SPLIT_WORD_COST if lighter else 2 * SPLIT_WORD_COST
    return total


@lru_cache(maxsize=65536)
def given_cost(given: str) -> int:
    costs = name_words().given
    if given in GIVEN_WORDS:
        return GIVEN_WORD_COST
    total = sum(costs.get(character, RARE_GIVEN) for character in given)
    total += sum(SELDOM_GIVEN_COST for character in given if character in SELDOM_GIVEN)
    total += 2 * SELDOM_GIVEN_COST * (given[1:] in LAST_UNLIKELY)
    return total + (SINGLE_GIVEN_COST if len(given) == 1 else 0)


def is_oftener_a_word(character: str, *, cost: int) -> bool:
    """邴 and 逯 are hardly met but as surnames; 平 and 强 are."""
    return name_words().common.get(character, UNKNOWN_CHARACTER) < cost + RARE_CHARACTER


def is_no_person(text: str, *, place: int, given: str, stop: int) -> bool:
    """Say whether the words belong to a place or firm, are masked, or hold a particle."""
    if given[-1] in COUNTING and text[stop : stop + 1] in set("人名个位"):
        return True
    if not (NOT_GIVEN.isdisjoint(given) and MASKED.isdisjoint(given)):
        return True
    if LONG_TITLE.fullmatch(text[place] + given) or _is_of_a_place(text[place] + given):
        return True
    if text[stop : stop + 1] in MASKED and text[stop : stop + 1]:
        return True
    if (
        given == "家"
        or (given[0] == "家" and given[-1] in PLACE_MIDDLE)
        or given[-1] in DISTRICT_LAST
        or PLACE_AFTER.match(text, stop)
    ):
        return True
    if (given[-1] in PLACE_MIDDLE or text[stop : stop + 1] in PLACE_MIDDLE) and PLACE_SOON.match(
        text, stop
    ):
        return True
    return given[-1] in PLACE_LAST and (len(given) == 1 or text[place - 1 : place] in "在到去从")


def _is_of_a_place(words: str) -> bool:
    """江苏人, 方案里 and 安全股: a place, a part of it or whoever comes from there."""
    if len(words) < 3 or words[-1] not in "人里上下中内股科":
        return words[-1] in "股峁塬圪垴峪" and len(words) > 2
    return words[:-1] in name_words().common
