"""The page of `watch` as its readers meet it: in Chromium, by mouse and by keyboard, in dark and in light, narrow and
wide, with and without scripts, and with everything on it that a far end with bad intentions can put there.

tests/web/serve.cpp has a watch made by hand behind the server, so that what happens is decided here.
"""

import json
import urllib.parse
import xml.etree.ElementTree

from browser import Browser, Page
from support import SOURCES, ClosedPort, TestCase, row, run
from web_server_test import Serve

GOLDEN = SOURCES / "tests" / "judge" / "golden"
ROW = "fortiproxy-7.4/outgoing/fortiguard/"

STATE_OF = {"closed": "blocked", "skipped": "unconfigured"}

# Told of by the browser itself, before any script of a page has run.
WATCH_BREACHES = """
window.breaches = [];
document.addEventListener('securitypolicyviolation',
                          (event) => window.breaches.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

# The least contrast of any text that is shown, and which it is (WCAG 2.2, 1.4.3).
CONTRAST = """
(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const parse = (text) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha / 255];
    };
    const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
    const light = (colour) => {
        const [r, g, b] = colour.slice(0, 3).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const layers = [];
        for (let one = element; one !== null; one = one.parentElement)
            layers.push(parse(getComputedStyle(one).backgroundColor));
        return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255, 1]);
    };
    let least = {ratio: 99, text: ''};
    let seen = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const element = node.parentElement;
        if (node.data.trim() === '' || element.closest('svg') || !element.checkVisibility()) continue;
        const ground = behind(element);
        const ink = over(parse(getComputedStyle(element).color), ground);
        const [high, low] = [light(ink), light(ground)].sort((one, other) => other - one);
        const ratio = (high + 0.05) / (low + 0.05);
        ++seen;
        if (ratio < least.ratio) least = {ratio, text: node.data.trim().slice(0, 60), on: element.outerHTML.slice(0, 80)};
    }
    return {...least, seen};
})()
"""

# What of a row a reader sees, by the row's id.
ROWS = """
Object.fromEntries([...document.querySelectorAll('tr.row')].map((row) => [row.dataset.key, {
    state: row.dataset.state,
    badge: row.querySelector('.c-state').textContent,
    causes: [...row.querySelectorAll('.c-matter [data-cause]')].map((one) => one.dataset.cause),
    matter: row.querySelector('.c-matter').textContent,
}]))
"""

# Opens every row and waits until it is filled; then what each of their checks shows.
OPEN_ALL = """
(async () => {
    for (const link of document.querySelectorAll("a.open:not([aria-expanded='true'])")) link.click();
    const filled = () => [...document.querySelectorAll('tr.inside')].every((one) => one.querySelector('.row-body'));
    for (let left = 2000; !filled() && left > 0; --left) await new Promise((done) => setTimeout(done, 5));
    return Object.fromEntries([...document.querySelectorAll('tr.row')].map((row) => [row.dataset.key,
        [...row.nextElementSibling.querySelectorAll('details.check')].map((one) => ({
            cause: one.dataset.cause,
            verdict: one.querySelector('summary .badge').textContent,
            open: one.open,
            hops: [...one.querySelectorAll(':scope > .body > figure .marked')].map((hop) => Number(hop.dataset.hop)),
            evidence: one.querySelectorAll('.evidence tbody tr').length,
            text: one.textContent,
        }))]));
})()
"""


def choices(value):
    return value if isinstance(value, list) else [value]


def address_of(path):
    return "/rows/" + urllib.parse.quote(path)


def well_formed(page):
    """An HTML page of this program is XML too, but for its first line."""
    return xml.etree.ElementTree.fromstring(page.split("\n", 1)[1])


class PageTest(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def serve(self, *arguments):
        serve = Serve(*arguments)
        self.addCleanup(serve.close)
        return serve

    def page(self, width=1280, height=900):
        page = Page(self.browser, width, height)
        self.addCleanup(page.close)
        page.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH_BREACHES)
        page.prefer("light")
        return page

    def open(self, serve, path="/", page=None):
        page = page or self.page()
        page.open(serve.url + path.lstrip("/"))
        page.until("document.documentElement.classList.contains('live')")
        return page

    def with_history(self):
        return self.serve("--history", self.folder / "history.db", "--past", "2", "--every", "3600")

    def assert_calm(self, page, serve):
        """Nothing was complained of, nothing breached the policy, nobody else was asked."""
        self.assertEqual(page.problems(), [])
        self.assertEqual(page.run("window.breaches"), [])
        asked = page.run("performance.getEntriesByType('resource').map((one) => one.name)")
        for address in asked + page.requests():
            self.assertTrue(address.startswith(serve.url) or address == "about:blank", address)

    # --- what it shows ---

    def test_every_scenario_of_the_lab(self):
        serve = self.serve()
        page = self.page()
        traces = sorted(GOLDEN.glob("*.json"))
        self.assertGreater(len(traces), 100)
        for trace in traces:
            with self.subTest(scenario=trace.stem):
                # An open page would go after rows that are gone by now.
                page.open("about:blank")
                serve.say(f"trace {trace}")
                self.open(serve, page=page)
                rows = page.run(ROWS)
                opened = page.run(OPEN_ALL)
                reasons = json.loads(trace.read_text())["reasons"]
                shown = page.run("[...document.querySelectorAll('.reason')].map((one) => one.textContent)")
                self.assertEqual(len(shown), len(reasons))
                for reason, text in zip(reasons, shown):
                    self.assertIn(reason["code"], text)
                if reasons:
                    self.assertTrue(page.run("Boolean(document.querySelector('.reasons').compareDocumentPosition("
                                             "document.getElementById('rows')) & Node.DOCUMENT_POSITION_FOLLOWING)"))
                for name, wanted in json.loads(trace.with_suffix(".expected").read_text()).items():
                    [key] = [key for key in rows if key.split("/", 1)[1] == name]
                    self.assert_shown(name, wanted, rows[key], opened[key])
        self.assert_calm(page, serve)

    def assert_shown(self, name, wanted, row, checks):
        first = checks[0]
        said = f"{name}: {row} {first}"
        self.assertEqual(row["badge"], row["state"])
        if "verdict" in wanted:
            self.assertIn(first["verdict"], choices(wanted["verdict"]), said)
            if len(checks) == 1:
                self.assertIn(row["state"], [STATE_OF.get(one, one) for one in choices(wanted["verdict"])], said)
        if "cause" in wanted:
            self.assertIn(first["cause"], choices(wanted["cause"]), said)
        if row["state"] not in ("reachable", "unconfigured"):
            self.assertTrue(row["causes"], said)
            for cause in row["causes"]:
                self.assertIn(cause, row["matter"])
            if len(checks) == 1:
                self.assertEqual(row["causes"], [first["cause"]], said)
                self.assertTrue(first["open"], said)
        if "hop" in wanted:
            self.assertIn(first["hops"], [[] if one == "none" else [one] for one in choices(wanted["hop"])], said)
        if first["verdict"] != "skipped":
            self.assertGreater(first["evidence"], 0, said)

    def test_what_a_row_has_over_time(self):
        serve = self.with_history()
        page = self.open(serve)
        strips = page.run("[...document.querySelectorAll('tr.row')].map((row) =>"
                          " [...row.querySelectorAll('svg.strip')].map((one) => one.getAttribute('aria-label')))")
        self.assertTrue(strips)
        for of_row in strips:
            self.assertEqual([label.split(":")[0] for label in of_row], ["Last day", "Last week", "Last month"])
        self.assertTrue(any("runs good" in label for of_row in strips for label in of_row))
        self.open(serve, address_of(ROW + "registration"), page)
        self.assertIn("How long it takes", page.run("document.body.textContent"))
        self.assertGreater(page.run("document.querySelector('svg.latency .line').getBoundingClientRect().width"), 100)
        self.assertIn("mean", page.run("document.querySelector('figure.latency figcaption').textContent"))
        self.assert_calm(page, serve)

    def test_times_are_the_readers_own(self):
        serve = self.serve()
        page = self.page()
        page.call("Emulation.setTimezoneOverride", timezoneId="Asia/Kolkata")
        page.call("Emulation.setLocaleOverride", locale="en-GB")
        self.open(serve, page=page)
        shown, meant = page.run("(() => { const time = document.querySelector('time'); return [time.textContent,"
                                " new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'short',"
                                " timeZone: 'Asia/Kolkata'}).format(new Date(time.dateTime))]; })()")
        self.assertEqual(shown, meant)

    def test_the_banners(self):
        serve = self.serve()
        serve.say("problem The disk is full.")
        page = self.open(serve)
        self.assertIn("The disk is full.", page.run("document.querySelector('.banners').textContent"))
        self.assertIn("syslog 1", page.run("document.querySelector('.banners').textContent"))
        page.until("document.getElementById('connection').textContent === 'Live'")
        serve.say("lost")
        page.until("document.querySelector('.banners').textContent.includes('Nothing at all works from here')")
        page.until("document.getElementById('news').textContent !== ''")
        serve.say("restored")
        page.until("!document.querySelector('.banners').textContent.includes('Nothing at all works from here')")

    def test_before_the_first_run(self):
        serve = self.serve("--empty")
        page = self.open(serve)
        self.assertIn("The first run has not ended yet", page.run("document.body.textContent"))
        page.until("document.getElementById('connection').textContent === 'Live'")
        serve.say()
        page.until("document.querySelectorAll('tr.row').length > 3")
        self.assert_calm(page, serve)

    # --- changes ---

    def test_a_change_arrives_and_disturbs_nobody(self):
        serve = self.serve()
        page = self.open(serve)
        page.until("document.getElementById('connection').textContent === 'Live'")
        page.run("window.stamp = 1")
        link = f"document.querySelector(\"a.open[href='{address_of(ROW + 'av-ips-update')}']\")"
        page.run(f"{link}.click()")
        page.until("document.querySelector('tr.inside details.tls') !== null")
        page.run("window.part = document.querySelector('tr.inside details.check'); part.open = true;"
                 "part.querySelector('details.tls').open = true;"
                 "window.focused = part.querySelector('details.tls > summary'); focused.focus(); scrollTo(0, 300)")
        scrolled = page.run("scrollY")
        registration = f"tr.row[data-key='{ROW}registration']"
        serve.say(f"change {ROW}registration blocked")
        page.until(f"document.querySelector(\"{registration}\").dataset.state === 'blocked'")
        self.assertIn("timeout", page.run(f"document.querySelector(\"{registration} .c-matter\").textContent"))
        self.assertEqual(page.run("[window.stamp, part.isConnected, part.open, part.querySelector('details.tls').open,"
                                  " document.activeElement === focused]"), [1, True, True, True, True])
        self.assertAlmostEqual(page.run("scrollY"), scrolled, delta=60)
        said = page.until("document.getElementById('news').textContent")
        self.assertIn("Registration", said)
        self.assertEqual(page.run("document.getElementById('news').getAttribute('aria-live')"), "polite")
        self.assertIn("blocked", page.run("document.title"))

        # What is open changes in its place.
        serve.say(f"change {ROW}av-ips-update blocked")
        page.until("document.querySelector('tr.inside details.check').dataset.cause === 'timeout'")
        self.assertEqual(page.run("[window.stamp, part.isConnected, document.activeElement === focused]"),
                         [1, True, True])

        # A row that goes takes what was open below it along; others come.
        serve.say(f"trace {GOLDEN / 'block-page-4.json'}")
        page.until("document.querySelector('tr.inside') === null && document.querySelectorAll('tr.row').length > 0")
        self.assertEqual(page.run("window.stamp"), 1)
        self.assertEqual(sorted(page.run(ROWS)), sorted(f"{one['table']}/{one['id']}" for one in json.loads(
            (GOLDEN / "block-page-4.json").read_text())["rows"]))
        self.assert_calm(page, serve)

    def test_the_filter_holds_while_rows_change(self):
        serve = self.serve()
        page = self.open(serve)
        page.run("document.querySelector('input[value=blocked]').click()")
        shown = "[...document.querySelectorAll('tr.row')].filter((one) => one.checkVisibility()).length"
        self.assertEqual(page.run(shown), 1)
        serve.say(f"change {ROW}registration blocked")
        page.until(f"{shown} === 2")
        self.assertTrue(page.run("document.querySelector('input[value=blocked]').checked"))

    def test_a_lost_connection_is_shown_and_mended(self):
        serve = self.serve()
        page = self.open(serve)
        page.until("document.getElementById('connection').textContent === 'Live'")
        serve.close()
        page.until("document.getElementById('connection').textContent.includes('lost')")
        again = self.serve("--listen", f"127.0.0.1:{serve.port}")
        again.say(f"change {ROW}registration blocked")
        page.until("document.getElementById('connection').textContent === 'Live'", 40)
        page.until(f"document.querySelector(\"tr.row[data-key='{ROW}registration']\").dataset.state === 'blocked'")

    # --- those who mean harm ---

    def test_nothing_from_the_network_becomes_a_part_of_the_page(self):
        serve = self.serve()
        page = self.open(serve)
        page.run(OPEN_ALL)
        page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        # All of it is there, as text.
        text = page.run("document.body.innerText")
        for part in ("<script>document.title='owned'</script>", "onerror=", "</style></title>", "javascript:",
                     "https://attacker.example/"):
            self.assertIn(part, text)
        self.assertEqual(page.run("document.querySelectorAll('script').length"), 1)
        self.assertEqual(page.run("document.querySelectorAll('img, iframe, object, embed, style, [style], base').length"), 0)
        foreign = page.run("[...document.querySelectorAll('a')].filter((one) => one.origin !== location.origin).length")
        self.assertEqual(foreign, 0)
        self.assertNotIn("owned", page.run("document.title"))
        self.assertEqual(page.run("[...document.querySelectorAll('*')].filter((one) =>"
                                  " one.getAttributeNames().some((name) => name.startsWith('on'))).length"), 0)
        self.assert_calm(page, serve)
        # Were something let in all the same, the policy would stop it.
        page.run("(() => { const script = document.createElement('script'); script.textContent = 'window.ran = 1';"
                 " document.body.append(script); })()")
        page.run("(() => { const one = document.createElement('p'); one.setAttribute('onclick', 'window.ran = 2');"
                 " document.body.append(one); one.click(); })()")
        page.run("(() => { const one = document.createElement('p'); one.setAttribute('style', 'color: red');"
                 " const image = new Image(); image.src = 'http://127.0.0.2:9/';"
                 " document.body.append(one, image); })()")
        page.until("window.breaches.length >= 4")
        self.assertIsNone(page.run("window.ran"))

    def test_a_report_runs_nothing_and_asks_for_nothing(self):
        serve = self.serve()
        page = self.page()
        page.open(serve.url + "api/v1/report?format=html")
        self.assertIn("reset-on-path", page.run("document.body.innerText"))
        self.assertEqual(page.run("document.querySelectorAll('script, link[rel=stylesheet]').length"), 0)
        self.assertNotEqual(page.run("getComputedStyle(document.querySelector('.badge.bad')).backgroundColor"),
                            "rgba(0, 0, 0, 0)")
        self.assertNotIn("owned", page.run("document.title"))
        self.assert_calm(page, serve)

    def test_a_report_in_a_file(self):
        with ClosedPort() as closed:
            table = self.table({"one": row("tcp", closed.port)})
            result = run("check", "--targets", table, "--format", "html", "--output", self.folder / "report.html")
        self.assert_exit(result, 1)
        text = (self.folder / "report.html").read_text()
        well_formed(text)
        for width in (320, 1280):
            for scheme in ("light", "dark"):
                page = self.page(width)
                page.prefer(scheme)
                page.open(f"file://{self.folder}/report.html")
                self.assertIn("refused", page.run("document.querySelector('details.row').textContent"))
                self.assertLessEqual(page.run("document.documentElement.scrollWidth"), width)
                self.assertGreaterEqual(page.run(CONTRAST)["ratio"], 4.5, page.run(CONTRAST))
                self.assertEqual(page.problems(), [])
                self.assertEqual([one for one in page.requests() if not one.startswith(("file:", "data:"))], [])

    # --- how it can be read ---

    def test_every_page_is_well_formed(self):
        serve = self.with_history()
        pages = ["/", "/rows/no/such/row", "/api/v1/report?format=html"]
        root = well_formed(serve.ask("/").text)
        pages += [link.get("href") for link in root.iter("a") if link.get("href").startswith("/rows/")]
        self.assertGreater(len(pages), 10)
        for path in pages:
            document = well_formed(serve.ask(path).text)
            names = [one.get("id") for one in document.iter() if one.get("id") is not None]
            self.assertEqual(len(names), len(set(names)), f"{path}: an id is there twice")
            self.assertEqual(len([one for one in document.iter("h1")]), 1, path)
            for one in document.iter():
                if one.tag == "svg":
                    self.assertTrue(one.get("aria-hidden") == "true" or one.get("aria-label"), path)

    def test_narrow_and_wide_in_dark_and_light(self):
        serve = self.with_history()
        for path in ("/", address_of(ROW + "av-ips-update"), "/rows/no/such/row"):
            page = self.open(serve, path)
            if path == "/":
                page.run(OPEN_ALL)
            page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            for width in (320, 500, 800, 1280, 2000):
                page.resize(width)
                self.assertLessEqual(page.run("document.documentElement.scrollWidth"), width, f"{path} at {width}")
                cut = page.run("[...document.querySelectorAll('main *')].filter((one) => !one.closest('svg') &&"
                               " one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)"
                               ".map((one) => one.outerHTML.slice(0, 100))")
                self.assertEqual(cut, [], f"{path} at {width}")
            for scheme in ("light", "dark"):
                page.prefer(scheme)
                least = page.run(CONTRAST)
                self.assertGreater(least["seen"], 2)
                self.assertGreaterEqual(least["ratio"], 4.5, f"{path} {scheme} {least}")

    def test_states_differ_in_more_than_colour(self):
        serve = self.serve()
        page = self.open(serve)
        marks = page.run("[...document.querySelectorAll('tr.row .badge')].map((one) =>"
                         " [one.textContent, one.querySelector('path').getAttribute('d')])")
        shapes = dict(marks)
        self.assertNotEqual(shapes["reachable"], shapes["blocked"])
        self.assertNotEqual(shapes["inconclusive"], shapes["blocked"])
        self.assertNotEqual(shapes["degraded"], shapes["reachable"])

    def test_without_scripts(self):
        serve = self.serve()
        page = self.page()
        page.scripts(False)
        page.open(serve.url)
        rows = json.loads(serve.ask("/api/v1/report").text)["rows"]
        links = page.run("[...document.querySelectorAll('table.rows tr.row a')].map((one) => one.getAttribute('href'))")
        self.assertEqual(sorted(links), sorted(address_of(one["id"]) for one in rows))
        for selector in ("#search", "input[type=checkbox]", "#connection"):
            self.assertFalse(page.run(f"document.querySelector('{selector}').checkVisibility()"), selector)
        self.assertIn("UTC", page.run("document.querySelector('time').textContent"))
        page.open(serve.url + address_of(ROW + "av-ips-update").lstrip("/"))
        self.assertIn("connect.timeout", page.run("document.querySelector('main').innerText"))
        self.assertIn("it dies here", page.run("document.querySelector('main').innerText"))

    def test_by_keyboard_alone(self):
        serve = self.serve()
        page = self.open(serve)
        focused = "document.activeElement"
        page.press("Tab")
        self.assertEqual(page.run(f"{focused}.className"), "skip")
        self.assertTrue(page.run(f"{focused}.getBoundingClientRect().left >= 0"))
        page.press("Enter")
        page.until(f"{focused}.id === 'main'")
        for _ in range(60):
            page.press("Tab")
            if page.run(f"{focused}.matches('a.open')"):
                break
        self.assertTrue(page.run(f"{focused}.matches('a.open')"))
        self.assertNotEqual(page.run(f"getComputedStyle({focused}).outlineStyle"), "none")
        page.run(f"window.link = {focused}")
        for key in ("Enter", " "):
            page.press(key)
            page.until("document.querySelector('tr.inside .row-body') !== null")
            self.assertEqual(page.run("link.getAttribute('aria-expanded')"), "true")
            self.assertTrue(page.run("document.getElementById(link.getAttribute('aria-controls')) !== null"))
            page.press("Tab")
            self.assertTrue(page.run(f"{focused}.closest('tr.inside') !== null"), "what opens comes next")
            page.press("Escape")
            self.assertTrue(page.run(f"document.querySelector('tr.inside') === null && {focused} === link"))
            self.assertEqual(page.run("link.getAttribute('aria-expanded')"), "false")
        page.press("Enter")
        page.until("document.querySelector('tr.inside .row-body') !== null")
        page.press("Enter")
        page.until("document.querySelector('tr.inside') === null")

        page.press("/")
        self.assertEqual(page.run(f"{focused}.id"), "search")
        page.type("radius")
        shown = "[...document.querySelectorAll('tr.row')].filter((one) => one.checkVisibility()).length"
        self.assertEqual(page.run(shown), 1)
        self.assertTrue(page.run("document.getElementById('shown').textContent.startsWith('1 of ')"))
        page.press("Escape")
        self.assertGreater(page.run(shown), 5)
        page.run("document.querySelector('input[value=reachable]').focus()")
        page.press(" ")
        self.assertTrue(page.run("[...document.querySelectorAll('tr.row')].filter((one) => one.checkVisibility())"
                                 ".every((one) => one.dataset.state === 'reachable')"))
        page.press(" ")

        # From the first to the last, and nobody holds on to the focus.
        page.run("document.activeElement.blur(); document.body.focus(); window.passed = []; document.addEventListener("
                 "'focusin', (event) => passed.push(event.target))")
        for _ in range(200):
            page.press("Tab")
            if page.run(f"{focused}.textContent === 'HTML'"):
                break
        self.assertTrue(page.run(f"{focused}.textContent === 'HTML'"))
        self.assertTrue(page.run("new Set(passed).size === passed.length"))

    def test_on_paper_and_without_motion(self):
        serve = self.serve()
        page = self.open(serve)
        page.prefer("light", media="print")
        self.assertFalse(page.run("document.getElementById('search').checkVisibility()"))
        self.assertTrue(page.run("document.querySelector('tr.row').checkVisibility()"))
        page.prefer("light", motion="reduce")
        self.assertEqual(page.run("getComputedStyle(document.getElementById('news')).transitionDuration"), "0s")
