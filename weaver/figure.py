"""Figures -> SVG that stands inline in a page and follows its colour scheme."""

import html
import io
import re

from weaver.page import Image

# Matplotlib's settings, whatever the user's are.
SETTINGS = {
    "figure.figsize": (4.8, 3.4),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "svg.fonttype": "none",
    "svg.hashsalt": "weaver",
}

# Matplotlib's own colours, so that a block needs no style; docs/stylesheets gives each
# name a light and a dark value.
COLORS = {
    "#000000": "ink",
    "#ffffff": "paper",
    "#b0b0b0": "faint",
    "#cccccc": "faint",
    "#1f77b4": "blue",
    "#ff7f0e": "orange",
    "#2ca02c": "green",
    "#d62728": "red",
    "#9467bd": "purple",
    "#8c564b": "brown",
    "#e377c2": "pink",
    "#7f7f7f": "gray",
    "#bcbd22": "olive",
    "#17becf": "cyan",
}


def to_svg(figure) -> str:
    """Draw a Matplotlib figure as SVG; equal figures give equal bytes."""
    file = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(file, format="svg", metadata=nothing, transparent=True)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    # Its style rule would apply to the whole page; the site's style sheet has it. Its comments
    # repeat formulas in LaTeX.
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\n\s*", "\n", svg)
    return re.sub(r"<[^>]*>", lambda tag: _rounded(tag[0]), svg)


def _rounded(tag: str) -> str:
    """Round coordinates to a tenth, 0.14 pixels; leave the font to the site's style sheet, and
    turns by 0 degrees out.
    """
    tag = re.sub(r"font-family: [^;\"]*; ?| transform=\"rotate\(-0 [^\"]*\"", "", tag)
    numbers = re.compile(r"\d+\.\d+")
    return re.sub(
        r' (?:d|x|y)="[^"]*"',
        lambda attribute: numbers.sub(lambda n: f"{float(n[0]):.1f}", attribute[0]),
        tag,
    )


def to_html(svg: str, image: Image) -> str:
    """Make a figure's HTML: unique ids, colours by name, a role, a title, a caption."""
    for color, name in COLORS.items():
        svg = svg.replace(color, f"var(--figure-{name})")
    used = set(re.findall(r'(?:url\(#|href="#)([\w-]+)', svg))
    svg = re.sub(r' id="([\w-]+)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{image.name}-", svg)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    title = f"{image.name}-title"
    # What has no alternative text says nothing that the words beside it do not say.
    role = f'role="img" aria-labelledby="{title}"' if image.alt else 'aria-hidden="true"'
    head = (
        f'<svg {role} viewBox="0 0 {width} {height}" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    if image.alt:
        head += f'<title id="{title}">{html.escape(image.alt)}</title>'
    svg = re.sub(r"<svg[^>]*>", lambda _: head, svg, count=1)
    caption = f"<figcaption>{html.escape(image.caption)}</figcaption>" if image.caption else ""
    return svg.rstrip("\n") + caption
