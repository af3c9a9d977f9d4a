"""Another topic, of one page, made from nothing: what the engine knows of a subject."""

from pathlib import Path

from weaver.page import Program

FILES = {
    "mkdocs.yml": """site_name: Circles
theme: material
nav:
  - 1. Circles: circles.md
hooks:
  - {root}/weaver/hook.py
plugins:
  - mkdocs-jupyter:
      include: [downloads/all.ipynb]
markdown_extensions: [abbr, admonition, attr_list, pymdownx.blocks.html, pymdownx.details,
                      pymdownx.superfences]
""",
    "pyproject.toml": """[project]
requires-python = ">=3.11"

[tool.weaver]
package = "circle"
claims = "tests"
words = "words.txt"
notebook = "downloads/all.ipynb"
title = "All about circles"
course = ""
glossary = "circles.md"
social_card = "circles.md"
versions = {{ NumPy = "numpy" }}
""",
    "requirements.txt": "numpy==2.4.6\n",
    "words.txt": "svg\n",
    "Makefile": "serve:\n",
    "circle.py": '''__all__ = ["area", "Ring"]


def area(radius=1.0):
    """The area of a circle."""
    return 3.14159265 * radius**2


class Ring:
    def __init__(self, inner, *, outer=-2.0, **looks):
        pass
''',
    "tests/test_circles.py": '''def test_growth():
    """A circle of radius 2 has four times the area of one with radius 1."""


def test_area():
    r"""$$ A = \\pi r^2 $$"""
''',
    "docs/circles.md": """---
title: 1. Circles
description: Say what the area of a circle is.
---

# 1. Circles

A circle of radius 2 has four times the area of one with radius 1. NumPy 2.4 is not
needed. It is `area(radius=2)`, or $\\pi r^2$, in step 1.

## Area

The radius is 2:

```python
import matplotlib.pyplot as plt

from circle import area

print(f"{{area(radius=2):.2f}}", area(1) < 4)
plt.plot([1, 2], [area(1), area(2)])
plt.xlabel("radius (cm)")
plt.ylabel("area (square cm)")
plt.show()
```

<!--pytest-codeblocks:expected-output-->

```text
12.57 True
```

![A line that rises from the lower left to the upper right.](area.svg "It rises.")

$$
A = \\pi r^2
$$

**Exercise 1.** Go [back](#area) to step 1, or run `make serve`.

??? success "Answer"

    It is 12.6.

    ```python
    from circle import area

    print(area(2) > 12)
    ```

    <!--pytest-codeblocks:expected-output-->

    ```text
    True
    ```

## Words

Around a circle runs its **edge**.

- **edge**: The line around a circle. [Words](#words)
""",
}


def program(code: str, output: str = "", images=()) -> Program:
    """Make a program that stands on no page."""
    return Program(Path("page.md"), 3, 5, 5, 5, code, output, images)


def make(folder: Path) -> Path:
    """Write the topic into a folder; give its page."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(root=Path(__file__).parents[1]), encoding="utf-8")
    return folder / "docs/circles.md"
