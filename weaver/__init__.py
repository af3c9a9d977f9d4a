"""Pages whose programs run: page -> programs -> results -> woven page.

In the order of the data, `page` reads a page's file, `run` lets a `child` run its
programs, `figure` and `maths` make SVG and MathML, and `weave` puts it all into the page.
`site` holds the pages together, with the `settings` that belong to this subject. Beside
that way stand

- `checks`: what can be wrong with a page, one kind a module;
- `rounding`: what programs do on other processors;
- `glossary`, `lead`, `counts`: what the site adds to a page;
- `notebook`, `notebook_page`, `assets`, `handout`: what else is made of pages;
- `changes`: what a reviewer sees of them.

`hook` is MkDocs' way in, and `cli` that of people: `python -m weaver`.
"""
