// The theme puts each copy button into a landmark without a name, and wide tables into
// boxes that scroll by mouse alone.
component$.subscribe(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) nav.role = "none";
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) box.tabIndex = 0;
});

// A link such as [Try it](playground.md?show=points,noise){ .try } puts that part of the
// playground in place of the figure before it, or else of the first. Nothing of it is loaded
// until then; where scripts are off, the link leads there.
addEventListener("click", (event) => {
  const link = event.target.closest("a.try");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const figures = [...document.querySelectorAll("figure.drawn")];
  const before = figures.filter((f) => f.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING);
  const figure = before.pop() ?? figures[0];
  if (!figure) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = link.href;
  frame.title = link.textContent;
  figure.replaceChildren(frame);
  frame.scrollIntoView({ block: "nearest" });
  frame.focus();
});
