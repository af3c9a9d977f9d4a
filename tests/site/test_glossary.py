"""A term shows its sentence, but for the page that explains it."""


def test_a_term_that_another_page_explains_shows_its_sentence(served, open_page):
    _, url = served
    page = open_page(url + "tutorial/training.html")
    page.locator("abbr", has_text="gradient").first.hover()
    page.wait_for_selector("[role=tooltip]:has-text('how fast the loss grows')")
    assert page.locator("abbr", has_text="losses").count()
    assert page.locator("abbr", has_text="epoch").count() == 0
