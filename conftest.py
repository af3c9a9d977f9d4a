"""Settings of every test, the pages' blocks among them."""

import os

# Before anything imports Matplotlib: tests have no screen.
os.environ["MPLBACKEND"] = "agg"


def pytest_runtest_teardown() -> None:
    """Close the figures; a hook, since no fixture reaches a page's blocks."""
    import matplotlib.pyplot as plt

    plt.close("all")
