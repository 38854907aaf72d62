import io
import json
import subprocess
import sys

import pypdfium2

from benchmarks.passports import naive, people
from issuance import pdf
from issuance.registry import people as citizens
from tests.issuance import samples


def test_benchmark_says_speed_size_and_how_the_usual_way_compares():
    command = [sys.executable, "-m", "benchmarks.passports", "--count", "40", "--json"]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    assert {"per_s_per_core", "bytes", "naive_ratio"} <= said.keys()
    assert said["largest_bytes"] <= 25_000
    assert said["naive_ratio"] == round(said["per_s_per_core"] / said["naive_per_s"], 1) or said["naive_ratio"] > 1
    assert set(said["scripts"]) == set(citizens.SCRIPTS) - {"latin"}


def test_usual_way_says_the_same(tmp_path):
    signer = samples.signer(tmp_path)
    page = pdf.page(people.found("latin", 1)[0].certify(signer, samples.NOW))
    texts = []
    for document in (naive.render(page), pdf.render(page)):
        with pypdfium2.PdfDocument(io.BytesIO(document)) as opened:
            texts.append(" ".join(opened[0].get_textpage().get_text_range().split()))
    for fact in (page.family, page.given_latin, page.birth_date, page.product, "Date de naissance"):
        assert all(fact in text for text in texts)
