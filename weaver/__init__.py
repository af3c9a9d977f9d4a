"""Pages whose programs run: page -> programs -> results -> woven page.

`page` reads a page's programs, `run` runs them, `figure` turns drawings into SVG
for a page, and `weave` is the Python-Markdown extension that puts it all together.
"""


def makeExtension(**settings):
    from weaver.weave import WeaveExtension

    return WeaveExtension(**settings)
