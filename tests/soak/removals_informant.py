"""Protections of the informant: sealed words, logged readings, receipts, forms, publications."""

from tests.soak.removing import Protection

INFORMANT = (
    Protection(
        key="words-sealed",
        promise="what a caller says is sealed and becomes no fact",
        path="matters/engine.py",
        old="if v is not None and k not in sealed})",
        new="if v is not None})",
        tests=("leads/tests/test_taking_down.py::test_what_a_caller_says_is_sealed",),
    ),
    Protection(
        key="step-words-sealed",
        promise="what is sealed in a step becomes no fact",
        path="matters/engine.py",
        old="kept = {field.key for field in step.asks if field.keeps and not field.sealed}",
        new="kept = {field.key for field in step.asks if field.keeps}",
        tests=("matters/tests/test_sealed_answers.py",),
    ),
    Protection(
        key="envelope",
        promise="identity and narrative lie in no table in clear",
        path="leads/envelopes.py",
        old="return seal(told.plaintext, recipients=ring.of(told.purpose), context=context)",
        new="return told.plaintext",
        tests=("leads/tests/test_tip_off.py::test_planted_informant_is_nowhere",),
    ),
    Protection(
        key="envelope-place",
        promise="an envelope can't be moved to another matter",
        path="leads/sealing.py",
        old='return b"".join(len(text).to_bytes(4) + text for text in fields)',
        new='return b"".join(len(text).to_bytes(4) + text for text in fields[:1])',
        tests=("leads/tests/test_sealing.py::test_it_can_not_be_moved",),
    ),
    Protection(
        key="envelope-length",
        promise="the length of an envelope tells only a bucket",
        path="leads/sealing.py",
        old='return (plaintext + b"\\x80").ljust(size, b"\\0")',
        new='return (plaintext + b"\\x80").ljust(min(size, BUCKET_MIN), b"\\0")',
        tests=("leads/tests/test_sealing.py::test_the_length_tells_only_a_bucket",),
    ),
    Protection(
        key="two-purposes",
        promise="the reporter's name is sealed for the custodian, not for the desk",
        path="leads/envelopes.py",
        old='(Purpose.IDENTITY, "who", who),',
        new='(Purpose.ACCOUNT, "who", who),',
        tests=("leads/tests/test_custody.py", "leads/tests/test_taking_down.py"),
    ),
    Protection(
        key="custodian-only",
        promise="only a custodian opens an identity",
        path="leads/custody.py",
        old="if not set(HOLDERS[purpose]) & by.roles:",
        new="if False:",
        tests=("leads/tests/test_custody.py::test_nobody_else_reaches_the_identity",),
    ),
    Protection(
        key="custody-scope",
        promise="a neighbour's desk finds no envelope",
        path="leads/custody.py",
        old="if not visible(by).filter(pk=matter.pk).exists():",
        new="if False:",
        tests=("leads/tests/test_custody.py::test_a_neighbours_desk_finds_nothing",),
    ),
    Protection(
        key="identity-logged",
        promise="every opening of an identity is written down",
        path="leads/custody.py",
        old='    _log(matter, Purpose.IDENTITY, part="who", reason=stated, by=by, now=now)\n',
        new="",
        tests=(
            (
                "leads/tests/test_custody.py"
                "::test_the_custodian_sees_the_name_and_the_reason_is_logged"
            ),
        ),
    ),
    Protection(
        key="account-logged",
        promise="every reading of a narrative is written down",
        path="leads/custody.py",
        old='_log(matter, Purpose.ACCOUNT, part="all", reason=ACCOUNT_REASON, by=by, now=now)\n',
        new="pass\n",
        tests=(
            (
                "leads/tests/test_custody.py"
                "::test_the_desk_reads_the_words_and_the_reading_is_logged"
            ),
        ),
    ),
    Protection(
        key="file-logged",
        promise="every file that is opened is written down",
        path="leads/custody.py",
        old="_log(matter, purpose, part=envelope.part, reason=stated, by=by, now=now)\n",
        new="pass\n",
        tests=(
            (
                "leads/tests/test_custody.py"
                "::test_a_recording_stays_with_the_custodian_until_released"
            ),
        ),
    ),
    Protection(
        key="logged-before",
        promise="an opening is written down before the envelope is opened",
        path="leads/custody.py",
        old='    _log(matter, Purpose.IDENTITY, part="who", reason=stated, by=by, now=now)\n'
        '    envelope = there(matter).filter(purpose=Purpose.IDENTITY.value, part="who").first()\n'
        "    return _lines(envelope, private) if envelope else ()\n",
        new="    envelope = there(matter)"
        '.filter(purpose=Purpose.IDENTITY.value, part="who").first()\n'
        "    lines = _lines(envelope, private) if envelope else ()\n"
        '    _log(matter, Purpose.IDENTITY, part="who", reason=stated, by=by, now=now)\n'
        "    return lines\n",
        tests=(
            "leads/tests/test_custody.py::test_a_wrong_key_opens_nothing_but_the_try_is_logged",
        ),
    ),
    Protection(
        key="release-logged",
        promise="letting the desk have a recording is written down",
        path="leads/custody.py",
        old="_log(matter, Purpose.IDENTITY, part=envelope.part, reason=stated, by=by, now=now)\n",
        new="pass\n",
        tests=(
            "leads/tests/test_custody.py::test_a_recording_stays_with_the_custodian_until_released",
        ),
    ),
    Protection(
        key="reveal-reason",
        promise="an identity is opened with a reason",
        path="leads/custody.py",
        old="if not REASON_MIN <= len(stated) <= REASON_MAX:",
        new="if False:",
        tests=("leads/tests/test_custody.py::test_a_reveal_needs_a_reason",),
    ),
    Protection(
        key="reading-trigger",
        promise="SQLite itself refuses to change a reading",
        path="leads/migrations/0002_readings_stay.py",
        old="BEFORE UPDATE ON leads_reading\n"
        "        BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END",
        new="BEFORE UPDATE ON leads_reading\n        BEGIN SELECT 1; END",
        tests=("leads/tests/test_custody.py::test_readings_stay_as_written",),
    ),
    Protection(
        key="viewing-trigger",
        promise="SQLite itself refuses to change who read a sensitive matter",
        path="matters/migrations/0010_viewings.py",
        old="BEFORE UPDATE ON matters_viewing\n"
        "        BEGIN SELECT RAISE(ABORT, 'viewings are append-only'); END",
        new="BEFORE UPDATE ON matters_viewing\n        BEGIN SELECT 1; END",
        tests=("matters/tests/test_viewings.py::test_no_line_is_changed_or_taken_away",),
    ),
    Protection(
        key="viewing-at-the-door",
        promise="who reads a lead through the desk is written down",
        path="desk/reading.py",
        old="    record_viewing(matter, door, by=by, now=now)\n",
        new="",
        tests=("config/tests/test_read_logs.py::test_every_door_to_a_lead_is_written_down",),
    ),
    Protection(
        key="viewing-recusal",
        promise="an auditor isn't told who read what is about himself",
        path="config/read_logs.py",
        old=".exclude(matter__in=recused_matters(by))",
        new="",
        tests=(
            "config/tests/test_read_logs.py::test_the_neighbour_and_the_recused_auditor_read_nothing",
        ),
    ),
    Protection(
        key="reading-trigger-postgresql",
        promise="PostgreSQL itself refuses to change a reading",
        path="leads/migrations/0002_readings_stay.py",
        old="BEGIN RAISE EXCEPTION 'readings are append-only'; END $$",
        new="BEGIN RETURN NULL; END $$",
        tests=("leads/tests/test_custody.py::test_readings_stay_as_written",),
        on=("postgresql",),
    ),
    Protection(
        key="desk-picture",
        promise="the desk sees a picture without the photo's remarks",
        path="leads/evidence.py",
        old="picture, mime = viewing_copy(file.data)",
        new="picture, mime = file.data, kind.mime",
        tests=(
            "leads/tests/test_custody.py::test_the_desk_sees_a_picture_without_the_photos_remarks",
        ),
    ),
    Protection(
        key="original-withheld",
        promise="a recording lies with the custodian alone until he lets the desk have it",
        path="leads/tips.py",
        old="        if file.view is not None:\n            view = file_bytes(file.view)\n",
        new="        if True:\n            view = file_bytes(file.view or file.original)\n",
        tests=(
            (
                "leads/tests/test_custody.py"
                "::test_a_recording_stays_with_the_custodian_until_released"
            ),
        ),
    ),
    Protection(
        key="uploads-in-memory",
        promise="a reporter's files never touch the disk in clear",
        path="portal/uploading.py",
        old="request.upload_handlers = [InMemoryHandler(request)]",
        new="return",
        tests=("portal/tests/test_tip_off_form.py::test_uploads_never_touch_the_disk",),
    ),
    Protection(
        key="passphrase-tries",
        promise="guessing a custodian's passphrase runs out",
        path="leads/unlocking.py",
        old='if not _tries.take(f"user {by.user_id}", now=now()):',
        new="if False:",
        tests=("leads/tests/test_custody_pages.py::test_guessing_a_passphrase_runs_out",),
    ),
    Protection(
        key="key-cookie",
        promise="no script reads the browser's half of a key",
        path="leads/unlocking.py",
        old="httponly=True,",
        new="httponly=False,",
        tests=("leads/tests/test_custody_pages.py",),
    ),
    Protection(
        key="receipt-key",
        promise="a receipt is looked up by a hash keyed outside the database",
        path="leads/receipts.py",
        old='return hmac.digest(hmac_key, b"bihuan receipt 1 "',
        new='return hmac.digest(b"", b"bihuan receipt 1 "',
        tests=("leads/tests/test_receipts.py",),
    ),
    Protection(
        key="wrong-codes",
        promise="wrong receipt codes of an address run out at every door",
        path="leads/public_counters.py",
        old="if not _look_ups.take(address, now=now):",
        new="if False:",
        tests=("portal/tests/test_receipt_pages.py::test_guessing_runs_out",),
    ),
    Protection(
        key="wrong-codes-api",
        promise="wrong receipt codes are counted by the API as well",
        path="api/routes_public.py",
        old="        with counting_wrong_codes(request, now=at):\n"
        "            return look_up(wanted.code, now=at)\n",
        new="        return look_up(wanted.code, now=at)\n",
        tests=("api/tests/test_tip_offs.py",),
    ),
    Protection(
        key="address-day-key",
        promise="an address is counted under a key that is drawn anew each day",
        path="leads/allowance.py",
        old="self._key = secrets.token_bytes(32)",
        new='self._key = b""',
        tests=("leads/tests/test_allowance.py",),
    ),
    Protection(
        key="proxy-name",
        promise="X-Real-IP is believed only from the proxy on this machine",
        path="accounts/knocking.py",
        old='if settings.HTTPS.by != "proxy" or peer not in ON_THIS_MACHINE:',
        new="if peer not in ON_THIS_MACHINE:",
        tests=("portal/tests/test_receipt_pages.py::test_without_a_proxy_nobody_names_an_address",),
    ),
    Protection(
        key="proxy-peer",
        promise="who comes past the proxy isn't believed what he calls himself",
        path="accounts/knocking.py",
        old='if settings.HTTPS.by != "proxy" or peer not in ON_THIS_MACHINE:',
        new='if settings.HTTPS.by != "proxy":',
        tests=(
            (
                "portal/tests/test_receipt_pages.py"
                "::test_behind_a_proxy_everybody_has_an_own_allowance"
            ),
        ),
    ),
    Protection(
        key="claim-once",
        promise="a claim password is used once",
        path="leads/claims.py",
        old="        receipt.claim_used_at = now\n",
        new="",
        tests=("leads/tests/test_custody.py::test_a_claim_is_made_once_without_a_name",),
    ),
    Protection(
        key="claim-tries",
        promise="guessing a claim password runs out",
        path="leads/claims.py",
        old="    count_try(bytes(receipt.key), now=now)\n    _reward_of(receipt)\n",
        new="    _reward_of(receipt)\n",
        tests=(
            "leads/tests/test_custody.py::test_a_wrong_password_claims_nothing_and_tries_run_out",
        ),
    ),
    Protection(
        key="form-once",
        promise="a public form is taken once",
        path="leads/sent_forms.py",
        old="form = SentForm.objects.create(mark=_mark(ticket), sent_at=now)",
        new="form = SentForm.objects.create(mark=secrets.token_bytes(32), sent_at=now)",
        tests=("portal/tests/test_sent_again.py",),
    ),
    Protection(
        key="receipt-shown-briefly",
        promise="a receipt is shown again for ten minutes only",
        path="leads/sent_forms.py",
        old="filter(mark=_mark(ticket), sent_at__gt=now - SHOWN_FOR).first()",
        new="filter(mark=_mark(ticket)).first()",
        tests=("portal/tests/test_sent_again.py::test_receipt_is_not_shown_again_later",),
    ),
    Protection(
        key="ticket-signed",
        promise="a form's ticket can't be made up",
        path="leads/tickets.py",
        old="if not hmac.compare_digest(mac, _mac(kind, body, key)):",
        new="if len(body) < BODY_BYTES:",
        tests=("leads/tests/test_tickets.py::test_an_altered_ticket_is_forged",),
    ),
    Protection(
        key="ticket-wait",
        promise="a form isn't taken before anybody could have read it",
        path="leads/tickets.py",
        old="if age < VALID_AFTER:",
        new="if False:",
        tests=("leads/tests/test_tickets.py::test_a_ticket_has_its_time",),
    ),
    Protection(
        key="phones-refused",
        promise="telephones and ids are refused in texts that others read",
        path="matters/answers.py",
        old="    if certain:\n",
        new="    if False:\n",
        tests=("desk/tests/test_step.py::test_a_phone_is_refused_however_confirmed",),
    ),
    Protection(
        key="names-confirmed",
        promise="what looks like a name is taken only once a person confirmed that it is none",
        path="matters/answers.py",
        old="if marks and not is_confirmed:",
        new="if False:",
        tests=("desk/tests/test_step.py::test_what_looks_like_a_name_may_be_confirmed",),
    ),
    Protection(
        key="publication-read",
        promise="the text of a publication is searched for personal data",
        path="disclosure/loops.py",
        old="    max_length=3000,\n    personal=True,\n",
        new="    max_length=3000,\n",
        tests=(
            "tests/clauses/test_reward.py::test_a_paid_reward_is_published_without_the_reporter",
        ),
    ),
    Protection(
        key="tombstone",
        promise="of a withdrawn publication number and reason stay, the text doesn't",
        path="disclosure/reading.py",
        old="body: dict[str, Any] = {} if gone else row.body",
        new="body: dict[str, Any] = row.body",
        tests=(
            (
                "portal/tests/test_published_pages.py"
                "::test_tombstone_keeps_number_and_reason_never_the_text"
            ),
        ),
    ),
    Protection(
        key="source-hidden",
        promise="the receiving unit isn't told who reported",
        path="desk/matter_facts.py",
        old="if key in hidden or value in",
        new="if value in",
        tests=("desk/tests/test_matter.py::test_receiving_unit_is_not_told_who_reported",),
    ),
    Protection(
        key="logs-of-libraries",
        promise="what libraries say isn't logged: it may quote what was typed",
        path="config/logs.py",
        old='"event": record.getMessage() if is_ours else "library",',
        new='"event": record.getMessage(),',
        tests=("config/tests/test_logs.py::test_libraries_are_told_by_their_place_alone",),
    ),
    Protection(
        key="logs-of-routes",
        promise="an address is logged as its route, without what fills it",
        path="config/logs.py",
        old='"route": match.route if match else "none",',
        new='"route": request.path,',
        tests=("config/tests/test_logs.py",),
    ),
    Protection(
        key="export-logged",
        promise="who takes a list out of the system is written down",
        path="config/export_log.py",
        old="        if told is not None and response.status_code == 200:\n",
        new="        if False:\n",
        tests=(
            (
                "config/tests/test_read_logs.py"
                "::test_an_export_is_written_down_without_what_was_searched"
            ),
        ),
    ),
)
