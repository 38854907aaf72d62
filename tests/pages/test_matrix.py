"""The matrix leaves out no language and no theme."""

from queueing.pages import words
from queueing.staff import theme_files
from tests.pages import matrix


def test_every_language_and_theme_is_looked_at() -> None:
    assert set(matrix.LANGUAGES) == set(words.languages())
    assert set(matrix.THEMES) == set(theme_files.samples())
