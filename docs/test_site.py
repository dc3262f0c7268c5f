"""The site as it was built, in a real browser: `mkdocs build --strict`, then this file.

It stands here and not in tests/, which is what learners run: they need no MkDocs. The site shows
what a whole run of tests/ recorded, so it is built after that. `tox -e docs` does both.

Every page is visited once, and the tests look at what was seen. A visit takes long, and all of it
is spent in the browser: there are as many at a time as there are cores.
"""

import asyncio
import os
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.browser import launched

# A test waits until its page has been visited, and many others before it.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]
fixture = partial(pytest_asyncio.fixture, loop_scope="session")

DOCS = Path(__file__).parent
SITE = DOCS.parent / "site"
IDS = "[...document.querySelectorAll('[id]')].map(part => part.id)"
NARROW, WIDE = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
# All that a reader can fold out, but for the listings of the map, which are all alike.
UNFOLD = """
    for (const each of document.querySelectorAll('details')) each.open = true
    for (const each of document.querySelectorAll('details.map ~ details.map')) each.open = false
"""
# A listing has hundreds of words in ten colours, and axe would take most of its time for them. Of
# those that stand in the same place under the same name, which is all that CSS knows of them, one
# keeps its colour to be looked at.
ONE_OF_EACH_COLOUR = """
    const seen = new Set()
    for (const word of document.querySelectorAll('pre span:not(:has(*))')) {
        let looks = ''
        for (let part = word; part; part = part.parentElement)
            looks += `${part.tagName}.${part.className} ${part.style.cssText} `
        if (seen.has(looks)) word.replaceWith(word.textContent)
        else seen.add(looks)
    }
"""
# The theme lets the keyboard scroll a listing that is too wide, once the browser has measured it.
# What is too wide by less than 14 pixels, axe lets pass. And no colour is on its way to another.
SETTLED = """() => [...document.querySelectorAll('pre > code')].every(
    code => code.scrollWidth < code.clientWidth + 14 || code.tabIndex === 0
        || !code.checkVisibility()) && !document.getAnimations().length
"""
# It fades from one to the other.
IS_BRIGHT = """bright => {
    const parts = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)
    return (parts.reduce((sum, part) => sum + Number(part), 0) > 3 * 127) === bright
}"""
# What differs between wide and light, where every rule is tried, and narrow and dark.
OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]


class Handler(SimpleHTTPRequestHandler):
    """Serves the site and keeps quiet about it."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="session")
def address():
    """Where the site is, on a port that was free."""
    assert (SITE / "index.html").exists(), "build the site first: mkdocs build --strict"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=SITE))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@fixture(scope="session")
async def browser():
    """The one browser."""
    async with launched() as profile:
        yield profile


@fixture
async def page(browser, address):
    """A tab with the home page, in a profile of its own: what one chooses there is for no other."""
    async with await browser.browser.new_page() as page:
        await page.goto(address)
        yield page


@dataclass
class Visit:
    """What was seen of one page."""

    complaints: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    links: list = field(default_factory=list)
    ids: list = field(default_factory=list)
    violations: list = field(default_factory=list)
    width: int = 0  # of all that is on it, on a screen of 360 pixels


@pytest.fixture(scope="session")
def axe():
    """The script that a page is given to look at itself."""
    module = "axe_playwright_python.base"
    reason = "no axe-core: pip install axe-playwright-python"
    return pytest.importorskip(module, reason=reason).AXE_SCRIPT


@fixture(scope="session")
async def visit(browser, address, axe):
    """Return what was seen of a page: `await visit("tour/")`; the first call begins them all."""
    free = asyncio.Semaphore(os.cpu_count() or 1)
    visits = {}

    async def look(place):
        async with free:
            return await seen(browser, address + place, axe)

    def visited(place):
        for each in place, *PLACES:
            if each not in visits:
                visits[each] = asyncio.create_task(look(each))
        return visits[place]

    yield visited
    for task in visits.values():
        task.cancel()
    await asyncio.gather(*visits.values(), return_exceptions=True)


async def seen(browser, url, axe):
    """Look at one page, wide and light, then narrow and dark."""
    visit = Visit()
    async with await browser.new_page() as page:
        page.on("console", lambda message: visit.complaints.append(message.text))
        page.on("pageerror", lambda error: visit.complaints.append(error.message))
        page.on("request", lambda request: visit.requests.append(request.url))
        await page.emulate_media(reduced_motion="reduce", color_scheme="light")
        await page.set_viewport_size(WIDE)
        await page.goto(url)
        await page.evaluate(UNFOLD)
        await page.evaluate(ONE_OF_EACH_COLOUR)
        await page.evaluate(axe)
        await page.wait_for_function(SETTLED, timeout=60_000)
        visit.violations += await violations(page)
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size(NARROW)
        await page.wait_for_function(IS_BRIGHT, arg=False, timeout=60_000)
        await page.wait_for_function(SETTLED, timeout=60_000)
        visit.violations += await violations(page, runOnly=OF_LOOKS)
        visit.width = await page.evaluate("document.documentElement.scrollWidth")
        visit.links = await page.evaluate("[...document.links].map(link => link.href)")
        visit.ids = await page.evaluate(IDS)
    return visit


async def violations(page, **options):
    """The rules of accessibility that a page breaks, and where."""
    options["resultTypes"] = ["violations"]  # to tell where all is well takes half of the time
    found = (await page.evaluate("options => axe.run(options)", options))["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def place_of(file):
    """Where the page of a Markdown file is."""
    place = file.parent if file.stem == "index" else file.with_suffix("")
    return place.as_posix().removeprefix(".") + "/"


PAGES = sorted(place_of(path.relative_to(DOCS)).lstrip("/") for path in DOCS.rglob("*.md"))
PLACES = [*PAGES, "404.html"]
on_every_page = pytest.mark.parametrize("place", PLACES)


@on_every_page
async def test_a_page_does_not_complain(visit, place):
    """It is there, and the console of the browser stays empty."""
    assert (await visit(place)).complaints == []


@on_every_page
async def test_a_page_asks_nothing_of_another_server(visit, address, place):
    """A room without network has the whole site."""
    requests = (await visit(place)).requests

    assert [url for url in requests if not url.startswith((address, "data:"))] == []


@on_every_page
async def test_a_link_within_the_site_leads_somewhere(visit, address, place):
    """To a page that is there, and where it names a part, to one that is on it."""
    for link in set((await visit(place)).links):
        if link.startswith(address):
            target, _, part = link.removeprefix(address).partition("#")
            assert (SITE / target).is_file() or (SITE / target / "index.html").is_file(), link
            assert not part or part in (await visit(target)).ids, link


@on_every_page
async def test_a_page_need_not_be_scrolled_sideways_on_a_phone(visit, place):
    """At 360 pixels, code and tables may scroll in their own frames; the page does not."""
    assert (await visit(place)).width == NARROW["width"]


@on_every_page
async def test_a_page_breaks_no_rule_of_accessibility(visit, place):
    """axe-core finds nothing, wide and light or narrow and dark."""
    assert (await visit(place)).violations == []


PALE = """
    const code = document.querySelector('pre > code')
    code.innerHTML += '<span class="k">dark</span>'.repeat(9) + '<span class="pale">pale</span>'
        + '<style>.pale { color: #ccc }</style>'
"""


async def test_one_pale_word_in_a_listing_is_found(page, address, axe):
    """Of many that are alike one is looked at, and this is like no other."""
    await page.emulate_media(color_scheme="light")
    await page.goto(f"{address}tour/")
    await page.evaluate(PALE)
    await page.evaluate(ONE_OF_EACH_COLOUR)
    await page.evaluate(axe)

    [(rule, [place])] = await violations(page, runOnly=OF_LOOKS)
    assert (rule, ".pale" in place[0]) == ("color-contrast", True)


async def test_search_finds_the_fixture_that_everybody_looks_for(page):
    """It works in the page, without a server that knows the answer."""
    await page.get_by_role("textbox", name="Search").click()
    await page.get_by_text("Type to start searching").wait_for()
    await page.keyboard.type("live_server")

    results = page.locator(".md-search-result__link").filter(has_text="live_server")
    await results.first.click()

    await page.wait_for_url("**/tiers/integration/**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_page_is_light_or_dark_as_the_system_is(page, scheme):
    """Who never chose gets what they chose for everything."""
    await page.emulate_media(color_scheme=scheme)

    await page.wait_for_function(IS_BRIGHT, arg=scheme == "light")


async def test_a_reader_can_choose_the_other_scheme(page):
    """A projector wants light where a laptop wants dark."""
    await page.emulate_media(color_scheme="light")

    for choice in "Switch to light", "Switch to dark":
        await page.get_by_title(choice).click()

    await page.wait_for_function(IS_BRIGHT, arg=False)
