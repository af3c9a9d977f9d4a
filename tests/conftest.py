"""What tests of several folders share."""

import pytest

from weaver.page import read


@pytest.fixture
def page(request, tmp_path):
    """The PAGE of the test's module, read from a file."""
    path = tmp_path / "page.md"
    path.write_text(request.module.PAGE, encoding="utf-8")
    return read(path)
