import subprocess
import sys
import zlib

import pytest

from issuance import errors, pdf
from issuance.verification import documents, reading
from project.local import folders
from tests.issuance import samples

# What a decoder that was broken into would try, after the limits of the process are set.
CONFINED = "from issuance.verification import documents; documents._confine(); "
PICTURE_PDF = """%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>> endobj
4 0 obj <</Length 27>> stream
q 500 0 0 500 0 0 cm /I Do Q
endstream endobj
5 0 obj <</Type/XObject/Subtype/Image/Width {side}/Height {side}/BitsPerComponent 8/ColorSpace/DeviceRGB
/Filter/FlateDecode/Length {length}>> stream
"""


def test_child_finds_what_is_found_here(signer):
    document = pdf.render(pdf.page(samples.issued(signer)))
    assert reading.codes(document) == documents.codes(document)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"nothing", "No code was found"),
        (b"%PDF-", "damaged"),
        (bytes(documents.LARGEST_BYTES + 1), "larger than 5 MB"),
    ],
    ids=["no code", "damaged", "too large"],
)
def test_child_says_why_it_finds_nothing(document, says):
    with pytest.raises(errors.Unreadable, match=says):
        reading.codes(document)


def test_picture_that_unpacks_to_gigabytes_harms_nobody():
    side = 40_000
    row = zlib.compressobj(9)
    rows = b"".join(row.compress(bytes(side)) for _ in range(600)) + row.flush()
    head = PICTURE_PDF.format(side=side, length=len(rows)).encode()
    bomb = head + rows + b"\nendstream endobj\ntrailer <</Root 1 0 R>>\n"
    with pytest.raises(errors.Unreadable):
        reading.codes(bomb)


@pytest.mark.parametrize(
    ("attempt", "error"),
    [("bytearray(3 * 1024**3)", "MemoryError"), ("open(sys.argv[1], 'w', 1).write('written\\n')", "File too large")],
    ids=["memory", "file"],
)
def test_child_cannot_take_much_or_write(attempt, error, tmp_path):
    target = tmp_path / "written"
    command = [sys.executable, "-c", f"import sys; {CONFINED}{attempt}", str(target)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folders.ROOT)
    assert ended.returncode != 0
    assert error in ended.stderr
    assert not target.exists() or target.stat().st_size == 0


def test_child_is_given_nothing_of_our_environment(monkeypatch, tmp_path):
    """A stand-in for Python tells what it was given."""
    told = tmp_path / "told"
    stand_in = tmp_path / "python"
    stand_in.write_text(f"#!/bin/sh\nenv > {told}\necho '{{\"codes\": []}}'\n")
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    monkeypatch.setenv("TIER_SIGNING_KEY", "secret")
    assert reading.codes(b"") == []
    assert "secret" not in told.read_text()
    assert {line.partition("=")[0] for line in told.read_text().splitlines()} <= {
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PWD",
        "_",
        "SHLVL",
        "OLDPWD",
    }


def test_child_that_dies_is_told_as_a_document_that_cannot_be_read(monkeypatch, tmp_path):
    stand_in = tmp_path / "python"
    stand_in.write_text("#!/bin/sh\nkill -SEGV $$\n")
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    with pytest.raises(errors.Unreadable, match="takes too much"):
        reading.codes(b"document")
