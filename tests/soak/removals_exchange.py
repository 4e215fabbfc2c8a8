"""Protections of packages between deployments: signature, once, sealed, believed no further."""

from tests.soak.removing import Protection

WAY_IN = "exchange/tests/test_way_in.py"
REPORT = "exchange/tests/test_report.py"
EXCHANGE = (
    Protection(
        key="package-signature",
        promise="a package that another signed is refused",
        path="exchange/packages.py",
        old="signed_by.verify(signature, _signed(opening, listed))",
        new="_signed(opening, listed)",
        tests=("exchange/tests/test_packages.py::test_another_signer_is_refused",),
    ),
    Protection(
        key="package-parts",
        promise="a part that was changed is named",
        path="exchange/packages.py",
        old="        if is_ != said:\n",
        new="        if False:\n",
        tests=("exchange/tests/test_packages.py::test_the_changed_part_is_named",),
    ),
    Protection(
        key="package-number",
        promise="two packages with one number are never both taken",
        path="exchange/taking.py",
        old="if before.digest != package.digest:",
        new="if False:",
        tests=(f"{WAY_IN}::test_one_number_with_two_contents_is_refused",),
    ),
    Protection(
        key="tip-taken-once",
        promise="what came twice is taken once",
        path="exchange/tips_in.py",
        old="if Taken.objects.filter(pk=item.id).exists():",
        new="if False:",
        tests=(f"{WAY_IN}::test_a_package_is_taken_once",),
    ),
    Protection(
        key="retired-key",
        promise="a package signed with a key that was replaced is refused",
        path="exchange/peers.py",
        old="if peer.retired_at is not None:",
        new="if False:",
        tests=(f"{REPORT}::test_a_replaced_key_is_refused",),
    ),
    Protection(
        key="tombstone-outside",
        promise="of a withdrawn publication only its tombstone goes outside",
        path="exchange/answers.py",
        old="gone = row.withdrawn_at is not None",
        new="gone = False",
        tests=("exchange/tests/test_way_back.py::test_published_items_stand_outside_as_inside",),
    ),
    Protection(
        key="report-order",
        promise="a county's reports are taken in their order",
        path="exchange/mirror_in.py",
        old="if head.sequence != last + 1 and not head.whole:",
        new="if False:",
        tests=(f"{REPORT}::test_reports_are_taken_in_order_and_the_missing_one_is_named",),
    ),
    Protection(
        key="report-seal",
        promise="a trail that differs from its county's seal is marked",
        path="exchange/mirror_in.py",
        old="            if said != found:\n",
        new="            if False:\n",
        tests=(f"{REPORT}::test_a_forged_trail_is_taken_and_marked",),
    ),
    Protection(
        key="report-first-telling",
        promise="a trail told otherwise later keeps its first telling",
        path="exchange/mirror_in.py",
        old="if not record.blob.startswith(before):",
        new="if False:",
        tests=(f"{REPORT}::test_a_trail_told_otherwise_later_keeps_its_first_telling",),
    ),
    Protection(
        key="report-reach",
        promise="a county's report is read by those above that county",
        path="exchange/views.py",
        old="if peer.region and seen & set(peer.region.path_ids)]",
        new="if peer.region]",
        tests=(f"{REPORT}::test_only_those_above_see_it",),
    ),
)
