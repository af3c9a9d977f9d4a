"""Pages whose programs run: page -> programs -> results -> woven page.

The engine, in the order of the data: `page` reads a page's programs, `run` runs them,
`figure` turns drawings into SVG, and `weave` is the Python-Markdown extension that puts
it all together. Around it stand

- what pages hold besides programs: `maths`, `counts`;
- what their text has to be: `prose`, `numbers`;
- whether they hold on other processors: `rounding`;
- what is made of them: `notebook` and `hook`, `assets`, `changes`.

`python -m weaver` works on pages by hand.
"""


def makeExtension(**settings):
    from weaver.weave import WeaveExtension

    return WeaveExtension(**settings)
