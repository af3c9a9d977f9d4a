"""Settings of every test, the pages' blocks among them."""

import contextlib
import os

# Before anything imports Matplotlib: tests have no screen.
os.environ["MPLBACKEND"] = "agg"


def pytest_addoption(parser) -> None:
    parser.addoption("--salt", type=int, default=0, help="move results as `weaver portable` does")


def pytest_configure(config) -> None:
    if salt := config.getoption("salt"):
        from weaver.rounding import moved

        stack = contextlib.ExitStack()
        config.add_cleanup(stack.close)
        stack.enter_context(moved(salt))


def pytest_runtest_teardown() -> None:
    """Close the figures; a hook, since no fixture reaches a page's blocks."""
    import matplotlib.pyplot as plt

    plt.close("all")
