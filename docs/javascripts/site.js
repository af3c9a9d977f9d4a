// The theme puts each copy button into a landmark without a name, and wide tables into
// boxes that scroll by mouse alone.
component$.subscribe(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) nav.role = "none";
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) box.tabIndex = 0;
});
