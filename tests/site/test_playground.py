"""The playground, from a file: what hands, keys and addresses do, and what it then shows."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from linreg import coefficients, least_squares, make_data, make_model
from tests.site.conftest import SCHEMES, WIDTHS, output_of
from tests.site.test_accessibility import violations

SCENES = re.findall(
    r'id="(\w+)" href="#\1" data-why=".+" data-state="(\S+)"',
    Path("docs/playground.md").read_text("utf-8"),
)
X, Y = make_data()
FIT = least_squares(X, Y)
BLANK = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size < 5;
}"""


@pytest.fixture
def play(folder, open_page):
    """Open the playground at a state; `page.now()` waits for it to rest, and tells it."""

    def play(state="", **settings):
        page = open_page(
            (folder / "playground.html").as_uri() + (state and f"#{state}"), **settings
        )

        def now():
            page.wait_for_timeout(100)
            page.wait_for_selector(".playground[data-rest]")
            return " ".join(page.inner_text(".now").split())

        def drag(handle, dx, dy):
            box = page.locator(f"[data-handle={handle}]").bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + dx / 2, y + dy / 2)
            page.mouse.move(x + dx, y + dy)
            page.mouse.up()

        page.now, page.drag = now, drag
        page.named = lambda role, name: page.get_by_role(role, name=name, exact=True)
        page.loss = lambda: float(page.now().split()[-1])
        page.value = lambda name: page.named("slider", name).get_attribute("aria-valuetext")
        return page

    return play


def run(page) -> str:
    """Run the program that the page offers."""
    return output_of(page.locator(".program code").text_content()).strip()


def printed(now: str) -> str:
    """What the program of a state prints, of which the page says `now`."""
    return re.sub(r"(epoch \d+) (.*) loss ", r"\1: \2, loss ", now).replace("→", "->")


def test_it_begins_with_the_digits_of_the_pages_and_asks_nobody(play):
    page = play()
    assert page.now() == "epoch 0 y = 0.229 x -0.238 loss 2.624"
    assert page.named("button", "Play").is_visible()
    assert page.value("Learning rate") == "0.01"
    assert page.inner_text(".limit") == "limit 0.0209"
    assert all(address.startswith("file:") for address in page.requests)
    assert page.url.endswith("playground.html")


def test_both_scripts_are_small():
    files = [Path("docs/javascripts", f"{name}.js") for name in ("descent", "playground")]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 14_000


@pytest.mark.parametrize(("scene", "state"), SCENES)
def test_a_scene_is_one_click_has_an_address_and_its_program_comes_to_the_same(scene, state, play):
    page = play()
    page.click(f"#{scene}")
    now = page.now()
    assert page.url.endswith(f"#{scene}")
    assert now.split()[1] == re.search(r"epoch=(\d+)", state)[1]
    assert run(page) == printed(now).replace("loss 2.624 -> 2.624", "loss 2.624")
    for address in (scene, state):
        assert play(address.replace("&amp;", "&")).now() == now


def test_scenes_come_to_what_they_are_named_after(play):
    page, told, now = play(), {}, {}
    for scene, _ in SCENES:
        page.click(f"#{scene}")
        now[scene], told[scene] = page.now(), page.inner_text(".told")
    assert (
        now["reference"]
        == f"epoch 1000 y = {FIT.w:.3f} x {FIT.b:+.3f} loss 2.624 → {FIT.loss:.4f}"
    )
    assert now["bowl"].startswith(f"epoch 1 y = {FIT.w:.3f} x {FIT.b:+.3f} ")
    assert "x -0.410" in now["slow"]
    assert "limit 0.0209. Remedy: choose a smaller one, or standardise x." in told["escape"]
    assert "Remedy: call it" in told["adding"]
    assert not any(told[name] for name in ("reference", "momentum", "batches", "slow", "bowl"))
    assert float(now["escape"].split()[-1]) > 100
    page.go_back()
    assert page.now() == now[SCENES[-2][0]]


def test_the_line_follows_its_handles_and_the_address_keeps_it(play):
    page = play()
    page.drag("right", 0, -65)
    page.drag("left", 0, 25)
    now = page.now()
    assert page.loss() < 1 < FIT.loss + 0.5
    w, b = (float(v) for v in re.search(r"w=(\S+)&b=(\S+)", page.url).groups())
    assert page.loss() == pytest.approx(np.mean((w * X + b - Y) ** 2), abs=5e-5)
    assert "0.8175" in page.inner_text(".tasks")
    page.drag("dot", 30, -20)
    assert page.now() != now
    assert "0.8175" in page.inner_text(".tasks")
    now = page.now()
    page.evaluate("location.hash = 'how-it-begins'")
    assert page.now() == now
    page.go_back()
    page.reload()
    assert page.now() == now


def test_a_point_is_dragged_added_and_removed(play):
    page = play()
    page.drag("point", 60, -40)
    page.wait_for_timeout(500)
    x, y = (float(v) for v in re.search(r"edits=0:([\d.]+):([\d.]+)", page.url).groups())
    far = [np.array([v, *rest]) for v, rest in ((x, X[1:]), (y, Y[1:]))]
    w, b = coefficients(make_model())
    assert page.loss() == pytest.approx(np.mean((w * far[0] + b - far[1]) ** 2), rel=1e-3)
    box = page.locator("[data-view=points]").bounding_box()
    page.mouse.dblclick(box["x"] + 40, box["y"] + 60)
    assert page.now()
    assert page.value("Point").startswith("21 of 21")
    page.keyboard.press("Delete")
    assert page.now()
    assert page.value("Point").startswith("20 of 20")
    now = page.now()
    page.reload()
    assert page.now() == now


def test_the_names_of_what_can_be_done_and_the_keys_that_do_it(play):
    page = play()
    press = page.keyboard.press

    def slide(name, *keys):
        before = page.value(name), page.now()
        page.named("slider", name).focus()
        for key in keys:
            press(key)
        now = page.now()
        after = page.value(name), now
        assert after != before, name
        return after

    def click(name, role="button"):
        page.named(role, name).focus()
        press("Enter" if role == "button" else "Space")
        return page.now()

    assert click("Step") == "epoch 1 y = 0.401 x -0.228 loss 2.624 → 1.073"
    assert "loss 1.073" in page.locator("[role=status]").text_content()
    assert slide("Epoch shown", "Home")[1].startswith("epoch 0 ")
    click("Reset")
    w, b = coefficients(make_model())
    turned = np.polyval(np.polyfit([-4, 14], [w * -4 + b, w * 14 + b + 0.1], 1), X)
    assert slide("Line, right end", "ArrowUp")[0].startswith("y 3.07, ")
    assert page.loss() == pytest.approx(np.mean((turned - Y) ** 2), abs=2e-3)
    assert slide("Line, left end", "ArrowLeft", "Shift+ArrowDown")[0].startswith("y -2.26")
    assert slide("Dot of the line in the valley", "ArrowRight")[1]
    assert slide("Point", "PageDown")[0].startswith("20 of 20")
    assert slide("Point", "PageUp", "ArrowRight", "ArrowDown")[0] == "1 of 20, x 4.82, y 1.6"
    click("Add a point")
    assert page.value("Point").startswith("21 of 21")
    click("Remove the point")
    assert page.value("Point").startswith("20 of 20")
    assert slide("Learning rate", "ArrowRight", "ArrowRight", "ArrowRight")[0] == "0.0101"
    assert slide("Number of points", *["ArrowRight"] * 3)[0] == "21"
    before = page.now()
    assert click("New noise") != before
    assert page.named("button", "Zoom w").get_attribute("aria-pressed") == "false"
    click("Zoom w")
    assert page.named("button", "Zoom w").get_attribute("aria-pressed") == "true"
    page.locator("summary", has_text="More").press("Enter")
    assert click("Standardise x", "checkbox") != before
    assert "standardise=1" in page.url
    page.named("spinbutton", "Batch size, 0 for all rows").fill("5")
    assert "batch=5" in (page.now(), page.url)[1]
    page.named("button", "Play").press("Enter")
    page.wait_for_timeout(600)
    page.named("button", "Pause").press("Enter")
    now = page.now()
    assert run(page) == printed(now)


def test_each_task_ends_when_it_is_done(play):
    page = play()

    def task(words, why=""):
        page.locator("[data-task]:visible", has_text=words).wait_for(timeout=5000)
        assert why in page.inner_text(".why")

    task("Drag the line")
    page.drag("right", 0, -65)
    page.drag("left", 0, 25)
    task("drag the dot", "the loss is their mean")
    page.drag("dot", 20, 20)
    assert page.now()
    page.evaluate("location.hash = 'w=0.47&b=-0.9'")
    assert page.now()
    page.named("slider", "Dot of the line in the valley").press("ArrowRight")
    task("step once", "Done")
    page.named("button", "Step").click()
    assert page.now()
    task("step once")
    page.click("#start")
    page.named("button", "Step").click()
    task("b creeps", "Done")
    page.named("button", "Play").click()
    task("it escapes", "nearly flat")
    page.named("button", "Pause").click()
    page.locator("summary", has_text="More").click()
    page.named("spinbutton", "Learning rate, as a number").fill("0.022")
    assert "Remedy: choose a smaller one" in page.now() + page.inner_text(".told")
    task("round bowl")
    page.named("checkbox", "Standardise x").check()
    task("Drag one point")
    page.click("#reference")
    page.drag("point", 150, 250)
    task("Momentum")
    for scene, then in [("momentum", "Batches"), ("batches", "last task")]:
        page.click(f"#{scene}")
        page.named("button", "Reset").click()
        page.named("button", "Play").click()
        task(then, "Done")
        page.named("button", "Pause").click()
    assert not page.named("button", "Skip this task").is_visible()


def test_playing_is_slow_at_first_and_the_live_region_quiet(play):
    page = play()
    page.evaluate(
        """() => {
          window.said = [];
          const status = document.querySelector(".status");
          const observer = new MutationObserver(() => said.push(status.textContent));
          observer.observe(status, {childList: true});
        }"""
    )
    page.wait_for_timeout(600)
    page.evaluate("said.length = 0")
    page.named("button", "Play").click()
    page.wait_for_timeout(1200)
    assert 3 <= int(page.inner_text("[data-show=epoch]").split()[1]) <= 6
    page.wait_for_function(
        "document.querySelector('.now').innerText.match(/epoch (\\d+)/)[1] > 40"
    )
    assert page.evaluate("said") == []
    page.named("button", "Pause").click()
    assert page.now()
    assert len(page.evaluate("said")) == 1


def test_hovering_an_epoch_shows_it(play):
    page = play("epoch=100")
    assert "epoch 100 " in page.now()
    box = page.locator("[data-view=curve]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    epoch = int(page.now().split()[1])
    assert 40 < epoch < 60
    assert page.named("slider", "Epoch shown").input_value() == str(epoch)
    dot = page.value("Dot of the line in the valley")
    page.mouse.move(0, 0)
    assert "epoch 100 " in page.now()
    assert page.value("Dot of the line in the valley") != dot


def test_new_noise_leaves_thin_lines_of_the_same_points_x(play):
    page = play()
    assert page.now()
    first = page.locator(".program code").text_content()
    seen = set()
    for _ in range(3):
        page.named("button", "New noise").click()
        seen.add(page.now())
    assert len(seen) == 3
    code = page.locator(".program code").text_content()
    assert code.partition("y = ")[0] == first.partition("y = ")[0] != code


def test_reduced_motion_has_steps_only(play):
    page = play(reduced_motion="reduce")
    assert not page.locator("[data-do=play]").is_visible()
    page.named("button", "Step").click()
    assert page.now().startswith("epoch 1 ")


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_pressed_is_large_enough(width, play):
    page = play(width=width)
    page.evaluate(
        "document.querySelectorAll('.playground details').forEach((d) => (d.open = true))"
    )
    assert page.now()
    sizes = page.evaluate(
        """[...document.querySelectorAll(
          ".playground :is(button, .handle, input, summary, .scenes a)")]
        .filter((e) => e.checkVisibility() && e.type !== "checkbox")
        .map((e) => [e.outerHTML, e.getBoundingClientRect()])
        .map(([html, {width, height}]) => [html, Math.min(width, height)])"""
    )
    assert len(sizes) > 25
    assert [pair for pair in sizes if pair[1] < 24] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_phone_keeps_the_points_in_sight_and_has_tabs(scheme, play):
    page = play("epoch=30", scheme=scheme, width=360)
    bar = page.locator(".bar").bounding_box()
    assert bar["y"] + bar["height"] == pytest.approx(800, abs=1)
    page.evaluate("document.querySelector('.tabs').scrollIntoView()")
    points = page.locator("[data-view=points]")
    assert 0 <= points.bounding_box()["y"] < 100
    assert points.bounding_box()["height"] == 200
    for tab, shown in [("Loss curve", "curve"), ("Valley", "valley")]:
        page.named("button", tab).click()
        assert page.now()
        for name in ("valley", "curve"):
            assert page.locator(f"[data-view={name}]").is_visible() == (name == shown)
        for name in ("points", shown):
            assert not page.locator(f"[data-view={name}] canvas").evaluate(BLANK)


def test_without_scripts_the_page_says_so_and_shows_a_figure(play):
    page = play(java_script_enabled=False)
    assert page.get_by_text("The playground needs scripts").is_visible()
    assert page.locator("#start-still svg").is_visible()
    assert not page.locator(".playground").is_visible()
    page = play()
    assert not page.locator("#start-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#start-still svg").is_visible()
    assert not page.locator(".playground").is_visible()


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("errors,flat,step", ["Flat targets, of shape (n,)", "Step"]),
        ("points,noise", ["Line, left end", "Line, right end", "Point", "Noise", "New noise"]),
        ("points,start", ["Line, left end", "Line, right end", "Point", "New start"]),
        (
            "valley,zoom,lr,step",
            ["Dot of the line in the valley", "Zoom w", "Step", "Learning rate"],
        ),
    ],
)
@pytest.mark.parametrize("width", [520, 330])
def test_a_small_playground_has_the_parts_that_its_address_names(show, names, width, folder, play):
    page = play(width=width)
    page.goto(f"{(folder / 'playground.html').as_uri()}?show={show}#slow")
    assert page.now().startswith("epoch 30 ")
    found = page.evaluate(
        """[...document.querySelectorAll(".playground :is(button, input, .handle, a)")]
        .filter((e) => e.checkVisibility())
        .map((e) => e.ariaLabel ?? (e.labels?.[0] ?? e).textContent.trim())"""
    )
    assert sorted(found) == sorted([*names, "Open in the playground"])
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if "start" in show:
        page.named("button", "New start").click()
        assert page.now().startswith("epoch 0 ")
    address = page.named("link", "Open in the playground").get_attribute("href")
    assert page.url.partition("#")[2].replace("slow", "epoch=30") == address.partition("#")[2]


def test_flat_targets_fill_the_table_and_level_the_line(folder, play):
    page = play()
    page.goto(f"{(folder / 'playground.html').as_uri()}?show=errors,flat,step#epoch=2000")
    filled = """(canvas) => {
      const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((v, i) => i % 4 === 3 && v).length / (data.length / 4);
    }"""
    assert page.now().startswith(f"epoch 2000 y = {FIT.w:.3f} x ")
    assert page.locator("[data-view=errors] canvas").evaluate(filled) < 0.06
    page.named("checkbox", "Flat targets, of shape (n,)").check()
    loss = np.mean((Y.mean() - Y) ** 2)
    assert re.search(rf"y = -?0\.000 x \+{Y.mean():.3f} loss .* → {loss:.3f}", page.now())
    assert "400 errors, not 20. Remedy: .reshape(-1, 1)" in page.inner_text(".told")
    assert page.locator("[data-view=errors] canvas").evaluate(filled) > 0.6


@pytest.mark.parametrize("width", WIDTHS)
def test_the_home_page_has_a_playground_once_it_is_asked_for(width, served, open_page):
    site, url = served
    page = open_page(url, width=width)
    before = {*page.requests}
    assert not any("playground" in address for address in before)
    page.get_by_role("link", name="Move the line yourself").click()
    frame = page.frame_locator("figure.drawn iframe")
    frame.get_by_role("button", name="Step").click()
    frame.get_by_text("loss 2.624 → 1.073").wait_for()
    assert width < 400 or violations(page) == []
    files = [urlsplit(a).path.removeprefix("/course/") for a in {*page.requests} - before]
    sizes = {name: len(gzip.compress((site / name).read_bytes())) for name in files}
    assert {"playground.html", "javascripts/descent.js"} <= set(sizes)
    assert sum(sizes.values()) <= 30_000, sizes
    page.wait_for_timeout(600)
    frame.get_by_role("link", name="Open in the playground").click()
    page.wait_for_url("**/playground.html#epoch=1")


def test_without_scripts_the_link_leads_to_the_playground(served, open_page):
    page = open_page(served[1], java_script_enabled=False)
    page.get_by_role("link", name="Move the line yourself").click()
    page.wait_for_url("**/playground.html?*")
