"""Protections against hostile files, and of what leaves: exports, pictures, backups."""

from tests.soak.removing import Protection

FILES = (
    Protection(
        key="formula-csv",
        promise="no cell of a text file is run as a formula",
        path="ui/downloads.py",
        old='return f"\'{text}" if text.startswith(_FORMULA_MARKS) else text',
        new="return text",
        tests=("desk/tests/test_export.py::test_no_text_starts_like_a_formula",),
    ),
    Protection(
        key="no-script-files",
        promise="a file that is served runs no script",
        path="desk/files.py",
        old='    response["Content-Security-Policy"] = NO_SCRIPT\n',
        new="",
        tests=("desk/tests/test_matter_files.py::test_file_is_sent_without_any_chance_to_run",),
    ),
    Protection(
        key="program",
        promise="a program is refused whatever it calls itself",
        path="documents/uploads.py",
        old="if starts_as_program(data):",
        new="if False:",
        tests=("documents/tests/test_uploads.py::test_what_is_no_material_is_refused",),
    ),
    Protection(
        key="markup",
        promise="a page or script that calls itself a text is refused",
        path="documents/uploads.py",
        old="if MARKUP.search(data[:EDGE_BYTES]) or SCRIPT_TEXT.match(data[:GUESS_BYTES]):",
        new="if False:",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="file-type",
        promise="the type of a file comes from its content",
        path="documents/uploads.py",
        old='if suffix not in {"txt", "csv"} or CONTROL_BYTES.search(data):',
        new="if CONTROL_BYTES.search(data):",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="file-size",
        promise="a file that is too large is refused",
        path="documents/uploads.py",
        old="if len(data) > limit:",
        new="if False:",
        tests=("documents/tests/test_uploads.py::test_too_large_a_file_is_refused_with_its_limit",),
    ),
    Protection(
        key="two-kinds",
        promise="a file of two kinds is refused",
        path="documents/uploads.py",
        old="    if hidden:\n",
        new="    if False:\n",
        tests=("documents/tests/test_uploads.py::test_files_of_two_kinds_are_refused",),
    ),
    Protection(
        key="pdf-actions",
        promise="a PDF that runs something is refused",
        path="documents/pdf_risks.py",
        old="if RISKY.search(plain):",
        new="if False:",
        tests=("documents/tests/test_uploads.py::test_a_pdf_that_runs_something_is_refused",),
    ),
    Protection(
        key="macros",
        promise="a Word file with macros is refused",
        path="documents/packages.py",
        old="elif MACRO_PARTS.search(member.filename):",
        new="elif False:",
        tests=("documents/tests/test_uploads.py::test_a_word_file_that_carries_code_is_refused",),
    ),
    Protection(
        key="packed-program",
        promise="a program inside a package is refused",
        path="documents/packages.py",
        old="if number == 0 and starts_as_program(chunk):",
        new="if False:",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="outside-template",
        promise="a Word file that fetches its template elsewhere is refused",
        path="documents/packages.py",
        old='if found is DOCX and member.filename.endswith(".rels") and',
        new="if False and",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="packed-paths",
        promise="a path that leads out of its archive is refused",
        path="documents/packages.py",
        old='if path.is_absolute() or ".." in path.parts or ":" in member.filename:',
        new="if False:",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="zip-bomb",
        promise="an archive that unpacks to too much is refused before it is unpacked",
        path="documents/archives.py",
        old="if sum(member.file_size for member in members) > unpacked_bytes_max:",
        new="if False:",
        tests=(
            "documents/tests/test_uploads.py::test_bombs_are_refused",
            "documents/tests/test_tables.py",
        ),
    ),
    Protection(
        key="zip-members",
        promise="an archive of too many members is refused",
        path="documents/archives.py",
        old="if len(members) > MEMBERS_MAX:",
        new="if False:",
        tests=("documents/tests/test_uploads.py", "documents/tests/test_tables.py"),
    ),
    Protection(
        key="xlsx-bomb",
        promise="a table with two cells far apart is refused before it is laid out",
        path="documents/grids.py",
        old="if rows * max(1, columns) > CELLS_MAX:",
        # The reader would take all the memory of this machine, so something else falls over.
        new="if rows * max(1, columns) > CELLS_MAX:\n"
        "        raise MemoryError(name)\n"
        "    if False:",
        tests=(
            (
                "documents/tests/test_tables.py"
                "::test_cells_far_apart_are_refused_before_the_reader_takes_all_memory"
            ),
        ),
    ),
    Protection(
        key="picture-bomb",
        promise="a picture that unpacks to too many pixels is refused",
        path="documents/pictures.py",
        old="if picture.width * picture.height > PIXELS_MAX:",
        new="if False:",
        tests=(
            (
                "documents/tests/test_pictures.py"
                "::test_a_picture_that_unpacks_to_too_many_pixels_is_refused"
            ),
        ),
    ),
    Protection(
        key="pictures-together",
        promise="the pictures of one tip-off have an end together",
        path="leads/evidence.py",
        old="if sum(decoding_cost(file.data) for file in files) > PIXELS_MAX:",
        new="if False:",
        tests=("portal/tests/test_costly_files.py::test_pictures_together_have_an_end",),
    ),
    Protection(
        key="exif",
        promise="nothing but the picture itself is left in a viewing copy",
        path="documents/pictures.py",
        old="    clean.info.clear()\n",
        new="",
        tests=("documents/tests/test_pictures.py::test_phone_place_profile_and_comment_are_gone",),
    ),
    Protection(
        key="file-names",
        promise="a file's name holds no path",
        path="documents/file_names.py",
        old='last = re.split(r"[/\\\\]", unicodedata.normalize("NFC", name))[-1]',
        new='last = unicodedata.normalize("NFC", name)',
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="hidden-characters",
        promise="no character of a file's name turns it around on the screen",
        path="documents/file_names.py",
        old="if unicodedata.category(char) not in _HIDDEN",
        new="if char",
        tests=("documents/tests/test_uploads.py",),
    ),
    Protection(
        key="api-body",
        promise="too large a call is refused by its stated length",
        path="api/edge.py",
        old="            _check_size(request)\n",
        new="",
        tests=("api/tests/test_problems.py::test_too_large",),
    ),
    Protection(
        key="backup-sessions",
        promise="a backup holds no session",
        path="config/backups.py",
        old="            _without_sessions(copy)\n",
        new="",
        tests=(
            "config/tests/test_backups.py::test_a_backup_holds_no_session_and_its_home_is_ones_own",
        ),
    ),
    Protection(
        key="backup-spool-first",
        promise="a file that was answered for is in the backup, settled meanwhile or not",
        path="telemetry/store/freezing.py",
        old="    _take(store / SPOOL, into / SPOOL, _names(store / SPOOL))\n",
        new="",
        tests=("telemetry/store/tests/test_freezing.py::test_what_was_answered_for_comes_first",),
    ),
    Protection(
        key="backup-paths",
        promise="a path that leads out of a backup is refused",
        path="config/backups.py",
        old='if path.is_absolute() or ".." in path.parts:',
        new="if False:",
        tests=("config/tests/test_backups.py::test_a_path_that_leads_out_is_refused",),
    ),
    Protection(
        key="backup-mode",
        promise="a backup is for its owner only",
        path="config/backups.py",
        old="        part.chmod(0o600)\n",
        new="",
        tests=("config/tests/test_backups.py::test_what_was_backed_up_stands_elsewhere",),
    ),
)
