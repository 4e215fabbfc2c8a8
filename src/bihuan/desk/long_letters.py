"""Letters of many matters in one package: chosen in a list, made by the worker."""

import zipfile
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import filtering
from bihuan.desk.exporting import found_by
from bihuan.desk.lists import LETTER_FORMS as FORMS
from bihuan.desk.lists import loop_or_404
from bihuan.desk.long_exports import ask_page, filters_set, loop_at
from bihuan.desk.shell import address
from bihuan.documents.file_names import safe_name
from bihuan.jobs.asking import ask
from bihuan.jobs.kinds import Ended, JobKind, Work
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code
from bihuan.matters.models import Matter, PaperCopy
from bihuan.matters.moment import now
from bihuan.matters.papers import paper_files, replacements
from bihuan.matters.reach import visible
from bihuan.matters.refusals import Refused

KEY = "letters"
COPIES_MAX = 5000  # of one package
MATTERS_READ = 500
NONE_ISSUED = "所选事项还没有制发文书，没有可以打包的。"
FIXED_MOMENT = (1980, 1, 1, 0, 0, 0)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask_letters(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """Letters of everything that a list shows: how many, and the button that orders them."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    if form not in FORMS:
        raise Http404(f"no letters as {form!r}")
    asked = filtering.asked_of(request.GET.dict(), loop=loop)
    title = f"打包{loop.label}文书（{FORMS[form]}）"
    if request.method != "POST":
        found = found_by(asked, by=by, loop=loop, at=now()).order_by()
        count = _issued(found).order_by()[: COPIES_MAX + 1].count()
        if not count:
            return ask_page(
                request, loop, title=title, query=asked.url(), refusal=Refused(NONE_ISSUED)
            )
        more = "，超出的请分几次打包" if count > COPIES_MAX else ""
        words = f"共约 {min(count, COPIES_MAX):,} 份{more}，由后台制成一个压缩包。"
        return ask_page(request, loop, title=title, words=words, query=asked.url())
    order = {"kind": loop.key, "form": form, "query": dict(asked.params)}
    return _ordered(request, loop, order, title=title, by=by)


def pack_ticked(
    request: HttpRequest, loop: Loop, form: str, codes: Sequence[str], *, by: Actor
) -> HttpResponse:
    """Letters of the matters that were ticked in a list."""
    if form not in FORMS:
        raise Http404(f"no letters as {form!r}")
    ids = sorted({number for code in codes if (number := from_code(code)) is not None})
    title = f"打包{loop.label}文书（{FORMS[form]}）"
    order = {"kind": loop.key, "form": form, "ids": ids}
    return _ordered(request, loop, order, title=title, by=by)


def _ordered(
    request: HttpRequest, loop: Loop, order: Mapping[str, Any], *, title: str, by: Actor
) -> HttpResponse:
    try:
        job = ask(KEY, order, title=title, by=by, now=now())
    except Refused as refused:
        return ask_page(request, loop, title=title, query="", refusal=refused)
    return redirect(address("desk:job", job.code))


def _check(by: Actor, asked: Mapping[str, Any]) -> None:
    loop_at(by, asked)


def _issued(found: QuerySet[Matter]) -> QuerySet[PaperCopy]:
    return PaperCopy.objects.filter(matter__in=found.values("pk")).order_by("matter_id", "id")


def _run(work: Work) -> Ended:
    loop, form = loop_at(work.by, work.asked), work.asked["form"]
    if "ids" in work.asked:
        found = visible(work.by).filter(kind=loop.key, pk__in=work.asked["ids"])
    else:
        asked = filtering.asked_of(work.asked["query"], loop=loop)
        found = found_by(asked, by=work.by, loop=loop, at=work.now)
    work.progress(0, words="正在查找文书")
    copies = _in_force(found)
    if not copies:
        raise Refused(NONE_ISSUED)
    if len(copies) > COPIES_MAX:
        raise Refused(
            f"共 {len(copies):,} 份，一次最多 {COPIES_MAX:,} 份，请用筛选条件分几次打包。"
        )
    work.progress(0, total=len(copies), words="正在制作文书")
    _write(work, copies, form=form)
    day = f"{work.now.astimezone(SHANGHAI):%Y%m%d%H%M}"
    name = f"{loop.label}文书{FORMS[form]}{day}.zip"
    return Ended(words=f"共 {len(copies):,} 份文书，一个压缩包。", result_name=name)


def _in_force(found: QuerySet[Matter]) -> list[PaperCopy]:
    """The newest version of every copy; not those whose place another letter took."""
    ids = list(found.order_by("id").values_list("pk", flat=True))
    kept: list[PaperCopy] = []
    for chunk in batched(ids, MATTERS_READ):
        of_matter: dict[int, list[PaperCopy]] = {}
        issued = PaperCopy.objects.filter(matter__in=chunk).select_related("matter")
        for copy in issued.order_by("matter_id", "id"):
            of_matter.setdefault(copy.matter_id, []).append(copy)
        for copies in of_matter.values():
            kept += _newest(copies)
    return kept


def _newest(copies: Sequence[PaperCopy]) -> list[PaperCopy]:
    numbers = {(copy.paper, copy.number) for copy in copies}
    over = replacements(copies[0].matter) if len(numbers) > 1 else {}
    newest: dict[tuple[str, str, str], PaperCopy] = {}
    for copy in copies:
        if (copy.paper, copy.number) not in over:
            key = (copy.paper, copy.number, copy.copy)
            if key not in newest or newest[key].version <= copy.version:
                newest[key] = copy
    return list(newest.values())


def _write(work: Work, copies: Sequence[PaperCopy], *, form: str) -> None:
    labels = {paper.key: paper.label for paper in catalog().papers}
    taken: set[str] = set()
    # PDF and Word files are compressed already.
    with zipfile.ZipFile(work.result_path, "w", zipfile.ZIP_STORED) as package:
        for made, (copy, data) in enumerate(paper_files(copies, form=form), start=1):
            version = f"第{copy.version}版" if copy.version > 1 else ""
            name = f"{labels[copy.paper]}{copy.number}（{copy.copy}）{version}"
            member = _free_name(name, form=form, taken=taken, pk=copy.pk)
            package.writestr(zipfile.ZipInfo(member, date_time=FIXED_MOMENT), data)
            work.progress(made)


def _free_name(name: str, *, form: str, taken: set[str], pk: int) -> str:
    found = safe_name(name, extension=form)
    if found in taken:  # letters of two counties may bear one number
        found = safe_name(f"{name}-{pk}", extension=form)
    taken.add(found)
    return found


def _log_as(asked: Mapping[str, Any]) -> tuple[str, str]:
    label = catalog().loop(asked["kind"]).label
    return f"{label}文书（{asked['form']}）", filters_set(asked) or "勾选"


LETTERS = JobKind(key=KEY, label="打包文书", run=_run, check=_check, log_as=_log_as)
