"""Results -> woven page: the Python-Markdown extension of the site."""

import posixpath
import re
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from weaver.figure import inline
from weaver.notebook import FOLDER, links
from weaver.page import FRONT_MATTER, PageError, lines_of, read
from weaver.run import results


class WeaveExtension(Extension):
    def __init__(self, **settings):
        self.config = {
            "docs_dir": ["docs", "Folder of the pages"],
            "downloads": [False, "Whether a page offers its notebook and script"],
            "repository": ["", "Address of the repository that Colab opens"],
        }
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:
        # After normalize_whitespace (30), which would eat a stashed figure's marks, and
        # before superfences (25), which turns blocks into HTML.
        md.preprocessors.register(Weave(md, self.getConfigs()), "weave", 28)


class Weave(Preprocessor):
    """Puts each program's output and figures under it."""

    def __init__(self, md: Markdown, settings: dict):
        super().__init__(md)
        self.docs = Path(settings["docs_dir"])
        self.settings = settings

    def run(self, lines: list[str]) -> list[str]:
        path, first = self._find(lines)
        if path is None:
            return lines
        programs = read(path)
        for program, result in reversed(list(zip(programs, results(programs), strict=True))):
            indent = re.match(r"\s*", lines[program.line - 1 - first])[0]
            woven = []
            if result.output:
                fence = '``` { .text .output .no-copy title="Output" }'
                woven += ["", fence, *lines_of(result.output), "```"]
            for svg, image in zip(result.figures, program.images, strict=True):
                woven += ["", self.md.htmlStash.store(inline(svg, image, program.place)), ""]
            woven = [indent + line if line else "" for line in woven]
            lines[program.end - first : program.last - first] = woven
        if programs and self.settings["downloads"]:
            name = path.relative_to(self.docs).with_suffix("").as_posix()
            base = posixpath.relpath(f"{FOLDER}/{name}", posixpath.dirname(name))
            repository = self.settings["repository"] or ""
            lines += ["", links(name, base, ["ipynb", "py"], repository)]
        return lines

    def _find(self, lines: list[str]) -> tuple[Path | None, int]:
        """Find the page that is being rendered, and which of its lines lines[0] is."""
        # Python-Markdown does not tell, and builders differ in what they cut off.
        body = _normal("\n".join(lines))
        blank = next((k for k, line in enumerate(lines) if line.strip()), 0)
        for path in sorted(self.docs.rglob("*.md")):
            text = path.read_text(encoding="utf-8")
            if _normal(FRONT_MATTER.sub("", text)) == body:
                return path, len(text.rstrip().split("\n")) - len(body) - blank
        if any("```python" in line for line in body):
            raise PageError(
                "this text has Python blocks, but is no page under "
                f"{self.docs}, or its front matter is not closed: {' '.join(body)[:200]}"
            )
        return None, 0


def _normal(text: str) -> list[str]:
    return [line.expandtabs(4).rstrip() for line in text.strip().split("\n")]
