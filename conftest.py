"""Settings of every test, the pages' blocks among them."""

import contextlib
import os
import tempfile

import pytest

# Before anything imports Matplotlib: tests have no screen.
os.environ["MPLBACKEND"] = "agg"


def pytest_addoption(parser) -> None:
    parser.addoption("--salt", type=int, default=0, help="move results as `weaver portable` does")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config) -> None:
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    if not config.option.basetemp:
        # pytest's own folders are shared by all runs of a user, which remove each other's.
        folder = tempfile.TemporaryDirectory(prefix="pytest-", ignore_cleanup_errors=True)
        config.option.basetemp = stack.enter_context(folder)
    if salt := config.getoption("salt"):
        from weaver.run import CAPABILITY

        os.environ.setdefault(CAPABILITY, "default")  # Before anything imports PyTorch.
        from weaver.rounding import moved

        stack.enter_context(moved(salt))


@pytest.fixture
def page(request, tmp_path):
    """The PAGE of the test's module, read from a file."""
    from weaver.page import read

    path = tmp_path / "page.md"
    path.write_text(request.module.PAGE, encoding="utf-8")
    return read(path)


def pytest_runtest_teardown() -> None:
    """Close the figures; a hook, since no fixture reaches a page's blocks."""
    import matplotlib.pyplot as plt

    plt.close("all")
