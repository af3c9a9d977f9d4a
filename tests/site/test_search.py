"""The search finds pages, from each place and from disk."""

from tests.site.conftest import PAGES

# What readers paste or ask, each below the section that they look for.
ASKED = """
mat1-and-mat2-shapes-cannot-be-multiplied
RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x20 and 1x1)
mat1 and mat2 shapes cannot be multiplied (1x100 and 3x1)

mat1-and-mat2-must-have-the-same-dtype
RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float
must have the same dtype

cant-call-numpy-on-tensor-that-requires-grad
RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy()
Can't call numpy()

using-a-target-size-that-is-different-to-the-input-size
UserWarning: Using a target size (torch.Size([20])) that is different to the input size
Using a target size

trying-to-backward-through-the-graph-a-second-time
RuntimeError: Trying to backward through the graph a second time (or directly access saved
backward through the graph a second time

element-0-of-tensors-does-not-require-grad
RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn

modulenotfounderror-no-module-named-linreg
ModuleNotFoundError: No module named 'linreg'

the-loss-is-nan-or-inf
loss is nan
my loss is inf

the-loss-grows
loss grows
why does the loss grow

the-slope-stays-0
slope stays 0

nothing-is-learned
nothing is learned

the-loss-never-settles
the loss never settles

the-intercept-is-far-off
intercept is far off
"""


def search(page, words: str) -> list[str]:
    page.keyboard.press("/")
    page.fill("[name=query]", words)
    page.keyboard.press("End")
    page.wait_for_selector(".md-search-result__item")
    return page.eval_on_selector_all(".md-search-result__link", "(all) => all.map((a) => a.href)")


def test_search_loads_when_it_is_asked_and_finds_pages(served, open_page):
    _, url = served
    page = open_page(url + PAGES[-1])
    assert not [address for address in page.requests if "search" in address]
    found = search(page, "optimizer")
    assert url + "tutorial/loss.html" in [link.split("#")[0] for link in found]
    assert all(address.startswith(url) for address in page.requests)


def test_a_wrong_address_shows_a_page_with_a_search_that_works(served, open_page):
    _, url = served
    page = open_page(url + "no/such/page.html")
    assert page.title().startswith("Page not found")
    found = search(page, "optimizer")
    assert all(link.startswith(url) for link in found)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(found[0])
    assert not page.title().startswith("Page not found")


def test_the_folder_opens_from_disk_with_links_and_search(folder, open_page):
    page = open_page(f"file://{folder}/index.html")
    page.click("text=Start with the data")
    page.wait_for_url(f"file://{folder}/tutorial/data.html")
    page.wait_for_function("[...document.fonts].some((f) => f.status === 'loaded')")
    found = search(page, "optimizer")
    assert f"file://{folder}/tutorial/loss.html" in [link.split("#")[0] for link in found]
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(found[0])
    assert all(address.startswith(f"file://{folder}/") for address in page.requests)


def test_a_pasted_message_or_a_question_finds_its_section_first(served, open_page):
    _, url = served
    page = open_page(url + PAGES[0])
    search(page, "optimizer")
    for asked in ASKED.strip().split("\n\n"):
        anchor, *questions = asked.split("\n")
        for question in questions:
            page.fill("[name=query]", question)
            page.keyboard.press("End")
            page.wait_for_function(
                """(place) => {
                  const links = [...document.querySelectorAll(".md-search-result__link")];
                  const found = links.slice(0, 2).map((link) => link.href.replace(/\\?[^#]*/, ""));
                  return found.join() === `${place.split("#")[0]},${place}`;
                }""",
                arg=f"{url}troubleshooting.html#{anchor}",
            )
