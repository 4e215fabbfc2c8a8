"""The forms of a publication show what the public will read, word for word."""

import re
from typing import Any

from django.test import Client
from tests.doors import Door, march
from tests.people import County

from bihuan.disclosure.models import Snapshot
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

TEXT = "经核查，该矿夜班超定员组织生产，已责令停产整顿。"
RELEASE = {
    "personal_data_checked": "yes",
    "transfer_checked": "yes",
    "published_on": "2026-03-03",
    "medium": "县政府网站",
    "link": "http://example.cn/5",
}


def result_of(county: County) -> Matter:
    """公开办理结果 of a lead that ended with a halt and a fine."""
    door = Door(county)
    lead = door.found(
        door.hand_over(march(1)),
        march(1),
        result_nature="超定员组织生产",
        result_halt_on="2026-03-02",
        result_halt_until="2026-03-20",
        result_penalty="50000",
    )
    lead = door.close(door.reported_after(lead, march(2)), march(2))
    (result,) = door.children(lead, "publication_result")
    return result


def page_of(
    client: Client, county: County, who: str, matter: Matter, step: str, **sent: Any
) -> str:
    """The form of a step, or the form after its button that only looks."""
    client.force_login(county.users[who])
    url = f"/desk/matters/{to_code(matter.pk)}/steps/{step}/"
    with standing_at(march(3)):
        answer = client.post(url, {**sent, "look": "1"}) if sent else client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def public_part(page: str) -> list[str]:
    """Texts of the public card: from its line of words to its last value."""
    start = page.index('<div class="pad published">')
    part = page[start : page.index("</section>", start)]
    texts = re.sub(r"<[^>]*>", "\n", part).splitlines()
    return [text.strip() for text in texts if text.strip()]


def test_the_form_of_release_shows_what_the_public_then_reads(
    client: Client, county: County
) -> None:
    result = result_of(county)
    Door(county).press("office", result, "submit", march(3), text=TEXT)
    before = page_of(client, county, "publisher", result, "release")
    assert "公众将看到" in before
    assert {"停产整顿", "2026-03-02起至2026-03-20", "50,000 元"} <= set(public_part(before))
    seen = public_part(page_of(client, county, "publisher", result, "release", **RELEASE))
    assert not Snapshot.objects.filter(matter=result).exists()
    Door(county).press("publisher", result, "release", march(3), **RELEASE)
    shot = Snapshot.objects.get(matter=result)
    client.logout()
    public = public_part(client.get(f"/published/{shot.pk}").content.decode())
    assert public == [shot.number, *seen]
    assert TEXT in seen
    assert public[public.index("重大事故隐患整改率") + 1] == "无"


def test_the_form_of_the_draft_shows_the_text_as_it_is_typed(
    client: Client, county: County
) -> None:
    result = result_of(county)
    proposed = public_part(page_of(client, county, "office", result, "submit"))
    assert any("一事已办结" in text for text in proposed)
    typed = public_part(page_of(client, county, "office", result, "submit", text=TEXT))
    assert TEXT in typed
    assert Matter.objects.get(pk=result.pk).stage == "drafting"


def test_other_steps_show_nothing_of_it(client: Client, county: County) -> None:
    result = result_of(county)
    assert "公众将看到" not in page_of(client, county, "office", result, "defer")
