"""The site, built once as contributors build it, behind a server and in a browser."""

import contextlib
import functools
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest
from filelock import FileLock
from playwright.sync_api import sync_playwright

from tests.topic import program
from weaver.handout import NO_BROWSER, chromium
from weaver.run import run
from weaver.site import Site

PAGES = [f"{name.rpartition('.')[0]}.html" for _, name in Site.load().menu]
SCHEMES = ["light", "dark"]
WIDTHS = [1280, 360]
ADDRESS, REPOSITORY = "https://site.example/course/", "https://github.com/example/course"
# What `make serve` calls, less its Python.
SERVE = re.search(r"^serve:.*\n\t\$\(BIN\)/python (.*)", Path("Makefile").read_text("utf-8"), re.M)
NO_ADDRESS = {"SITE_URL": "", "REPO_URL": ""}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def build(folder: Path, **environment: str) -> Path:
    """Build the site with its own settings, a warning being an error."""
    for command in (["weaver.assets"], ["mkdocs", "build", "--strict", "--site-dir", str(folder)]):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=os.environ | NO_ADDRESS | environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Handler(SimpleHTTPRequestHandler):
    """Serves a site below /course/, with its own page for addresses that it lacks.

    Below /slow/course/, pages arrive in pieces.
    """

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/slow").removeprefix("/course"))

    def copyfile(self, source, outputfile) -> None:
        pause = 0.03 if re.match(r"/slow/.*\.html$", self.path) else 0
        while piece := source.read(6_000):
            outputfile.write(piece)
            time.sleep(pause)

    def send_error(self, code, message=None, explain=None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="session")
def build_once(tmp_path_factory):
    """Give a folder that is built once, by whichever of pytest's processes asks first."""
    top = tmp_path_factory.getbasetemp()
    top = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top

    def once(name: str, **environment: str) -> Path:
        with FileLock(top / f"{name}.lock"):
            site = top / name
            if not site.exists():
                build(top / f"{name}.part", **environment).rename(site)
            return site

    return once


@pytest.fixture(scope="session")
def folder(build_once) -> Path:
    """The site without an address."""
    return build_once("folder")


@pytest.fixture(scope="session")
def served(build_once):
    """The site with an address and a repository: its folder, and where a server has it."""
    site = build_once("served", SITE_URL=ADDRESS, REPO_URL=REPOSITORY, EDIT_URI="edit/main/docs/")
    handler = functools.partial(Handler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield site, f"http://127.0.0.1:{server.server_port}/course/"
        server.shutdown()
        thread.join()


def wait_for(condition):
    """Give what becomes of the condition at last."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with contextlib.suppress(URLError):
            if found := condition():
                return found
        time.sleep(0.1)
    raise TimeoutError("it does not come true")


def get(url: str) -> str:
    return urlopen(url).read().decode()


@contextlib.contextmanager
def serving(tree: Path, *options: str, log=subprocess.DEVNULL, **environment: str):
    """Preview a tree as `make serve` does: give its address, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, *shlex.split(SERVE[1]), "--dev-addr", address, *options]
    environment = os.environ | NO_ADDRESS | environment
    run = {"cwd": tree, "env": environment, "stdout": log, "stderr": subprocess.STDOUT}
    preview = psutil.Popen(command, **run)
    try:
        wait_for(lambda: preview.poll() is not None or get(f"http://{address}/404.html"))
        yield f"http://{address}/", preview
    finally:
        if preview.poll() is None:
            preview.terminate()
            preview.wait()


def output_of(code: str) -> str:
    """What a program that a page made prints; its warnings are let through."""
    (result,) = run([program(f"import warnings\nwarnings.simplefilter('ignore')\n{code}")])
    assert result.error is None
    return result.output


@pytest.fixture(scope="session")
def browser():
    executable = chromium()
    if executable is None:
        message = f"NOT CHECKED in a browser: {NO_BROWSER}"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opener(browser):
    """Open addresses as a reader does for the first time, with nothing in the cache."""

    @contextlib.contextmanager
    def opener():
        contexts = []

        def open_page(url: str, scheme: str = "light", width: int = 1280, **settings):
            viewport = {"width": width, "height": 800}
            context = browser.new_context(color_scheme=scheme, viewport=viewport, **settings)
            contexts.append(context)
            page = context.new_page()
            page.requests = []
            page.on("request", lambda request: page.requests.append(request.url))
            page.goto(url)
            page.evaluate("document.fonts.ready.then(() => null)")
            return page

        yield open_page
        for context in contexts:
            context.close()

    return opener


@pytest.fixture
def open_page(opener):
    with opener() as open_page:
        yield open_page
