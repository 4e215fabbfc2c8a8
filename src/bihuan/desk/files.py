"""Files and papers of a matter: uploaded through the trail, sent without any chance to run."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.matter_papers import replaced_words
from bihuan.desk.reading import case_or_404, name_of
from bihuan.desk.shell import address
from bihuan.matters import files
from bihuan.matters.attachments import attach
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.disposals import destroyed_files
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, PaperCopy
from bihuan.matters.moment import now
from bihuan.matters.papers import paper_file, replacements
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.matters.viewings import Viewing

NO_SCRIPT = "sandbox; default-src 'none'; frame-ancestors 'none'"
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@require_POST
@signed_in
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Attach the sent files to a matter; those that can't be taken are told one by one."""
    case = case_or_404(code, by=actor_from(request), now=now())
    sent = request.FILES.getlist("file")
    refusals: list[Refused] = []
    if not sent:
        sentence = "请先选择文件，再上传。"
        refusals.append(Incomplete(sentence, fields={"file": sentence}))
    for one in sent:
        try:
            attach(case.matter.pk, one.read(), one.name or "", by=case.by, now=now())
        except Refused as refused:
            refusals.append(refused)
    if refusals:
        return _refused(request, case, refusals, kept=len(sent) - len(refusals))
    return HttpResponseRedirect(f"{_matter_url(case)}#files", status=303)


@require_safe
@signed_in
def send_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The original of an attachment, to be saved."""
    kept = _attachment(request, code, number)
    return no_script(files.read(kept.digest), name=kept.name, mime=kept.mime)


@require_safe
@signed_in
def view_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The viewing copy of a picture: re-encoded, without place and device."""
    kept = _attachment(request, code, number)
    if not kept.view_digest:
        raise Http404(f"attachment {number!r} has no viewing copy")
    data = files.read(kept.view_digest)
    mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return no_script(data, name=kept.name, mime=mime, inline=True)


@require_safe
@signed_in
def send_paper(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    """One copy of a paper as Word or PDF."""
    case = case_or_404(code, by=actor_from(request), now=now(), door=Viewing.Door.PAPER)
    copy = PaperCopy.objects.filter(matter=case.matter, pk=number).first()
    if copy is None or form not in MIMES:
        raise Http404(f"no paper {number!r} as {form!r}")
    label = catalog().paper(copy.paper).label
    version = f"第{copy.version}版" if copy.version > 1 else ""
    instead = replacements(case.matter).get((copy.paper, copy.number), "")
    over = f"（{replaced_words(instead)}）" if instead else ""
    name = f"{label}{copy.number}（{copy.copy}）{version}{over}.{form}"
    return no_script(paper_file(copy, form=form), name=name, mime=MIMES[form])


def no_script(data: bytes, *, name: str, mime: str, inline: bool = False) -> HttpResponse:
    """A file that no browser runs: saved under its name, never sniffed, sandboxed when opened."""
    response = HttpResponse(data, content_type=mime)
    disposition = content_disposition_header(as_attachment=not inline, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = NO_SCRIPT
    response["Cache-Control"] = "private, no-store"
    return response


def _attachment(request: HttpRequest, code: str, number: int) -> Attachment:
    case = case_or_404(code, by=actor_from(request), now=now(), door=Viewing.Door.FILE)
    kept = Attachment.objects.filter(matter=case.matter, pk=number).first()
    if kept is None or kept.pk in destroyed_files(case.matter):
        raise Http404(f"no attachment {number!r}")
    return kept


def _refused(
    request: HttpRequest, case: Case, refusals: list[Refused], *, kept: int
) -> HttpResponse:
    """A page of its own: what was not taken, what was, and the form again."""
    told = [{"name": "file", "label": "附件", "sentence": one.sentence} for one in refusals]
    notices = [{"tone": "info", "words": f"其余 {kept} 个文件已收下。"}] if kept > 0 else []
    context = {
        "page": {
            "title": "上传附件",
            "lead": name_of(case.matter),
            "crumbs": [
                {"label": f"{case.loop.label}台账", "url": address("desk:list", case.loop.key)},
                {"label": name_of(case.matter), "url": _matter_url(case)},
                {"label": "上传附件"},
            ],
            "notices": notices,
        },
        "errors": told,
        "error": "；".join(one["sentence"] for one in told),
        "back": _matter_url(case),
    }
    return render(request, "desk/upload.html", context, status=refusals[0].status)


def _matter_url(case: Case) -> str:
    return reverse("desk:matter", args=(to_code(case.matter.pk),))
