"""Chromium without a window, spoken to in its own protocol (https://chromedevtools.github.io/devtools-protocol/) over a
pipe: no port, no driver, and everything that a page writes to its console or asks the network for is seen.

A browser takes seconds to start, a page milliseconds: a class of tests starts one browser and opens a page a test.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from support import PATIENCE, Closing

# Nothing of it may look for the world outside.
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--no-proxy-server", "--password-store=basic", "--mute-audio",
    "--remote-debugging-pipe",
]

# Key -> what an event of the protocol holds besides its name.
KEYS = {
    "Tab": {"windowsVirtualKeyCode": 9},
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "Escape": {"windowsVirtualKeyCode": 27},
    " ": {"windowsVirtualKeyCode": 32, "text": " ", "code": "Space"},
}


class Browser(Closing):
    def __init__(self):
        program = shutil.which("chromium")
        if program is None:
            raise AssertionError("these tests take Chromium: apt-get install chromium (./dev does it)")
        self.profile = tempfile.mkdtemp(prefix="fdnprobe-browser-")
        hears, self.writes = os.pipe()
        self.reads, says = os.pipe()
        # It reads commands from descriptor 3 and answers on 4.
        script = f'exec "$0" "$@" 3<&{hears} 4>&{says}'
        self.process = subprocess.Popen(
            ["sh", "-c", script, program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(hears, says),
            env={**os.environ, "HOME": self.profile},
        )
        os.close(hears)
        os.close(says)
        self.lock = threading.Condition()
        self.answers = {}
        self.pages = {}
        self.number = 0
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while True:
            try:
                data = os.read(self.reads, 1 << 20)
            except OSError:
                data = b""
            with self.lock:
                if not data:
                    self.ended = True
                    self.lock.notify_all()
                    return
                *messages, rest = (rest + data).split(b"\0")
                for text in messages:
                    message = json.loads(text)
                    if "id" in message:
                        self.answers[message["id"]] = message
                    elif message.get("sessionId") in self.pages:
                        self.pages[message["sessionId"]].events.append((message["method"], message["params"]))
                self.lock.notify_all()

    def call(self, method, session=None, **parameters):
        """Carries out a command of the protocol, and returns its result."""
        with self.lock:
            self.number += 1
            number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writes, data):]
        with self.lock:
            if not self.lock.wait_for(lambda: self.ended or number in self.answers, PATIENCE):
                raise AssertionError(f"the browser does not answer: {method}")
            if number not in self.answers:
                raise AssertionError(f"the browser has ended: {method}")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.writes)
        shutil.rmtree(self.profile, True)


class Page(Closing):
    """One tab."""

    def __init__(self, browser, width=1280, height=900):
        self.browser = browser
        self.events = []
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        with browser.lock:
            browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.resize(width, height)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def seen(self, method):
        """What has been told of by events of that name."""
        with self.browser.lock:
            return [parameters for name, parameters in self.events if name == method]

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme="light", motion="no-preference", media=""):
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}])

    def scripts(self, on):
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def open(self, url):
        result = self.call("Page.navigate", url=url)
        if "errorText" in result:
            raise AssertionError(f"{url}: {result['errorText']}")
        # The empty document that was there before may still be loading: whose event it is, its loader tells.
        wanted = ("Page.lifecycleEvent", "load", result["loaderId"])
        with self.browser.lock:
            loaded = lambda: any((method, about.get("name"), about.get("loaderId")) == wanted
                                 for method, about in self.events)
            if not self.browser.lock.wait_for(loaded, PATIENCE):
                raise AssertionError(f"{url} does not load")

    def run(self, expression):
        """The value of a JavaScript expression in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, expression, seconds=20.0):
        """Waits until the expression is true, and returns its value."""
        limit = time.monotonic() + seconds
        while True:
            value = self.run(expression)
            if value:
                return value
            if time.monotonic() > limit:
                raise AssertionError(f"this did not come true in {seconds} s: {expression}\n{self.problems()}")
            time.sleep(0.02)

    def press(self, key, **modifiers):
        about = {"key": key, "code": key, **KEYS.get(key, {"text": key}), **modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown", **about)
        about.pop("text", None)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text):
        for letter in text:
            self.press(letter)

    def picture(self, path, whole=True):
        """Writes what the page looks like, as PNG."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def problems(self):
        """What the page complained of: exceptions, errors of the console, refused requests, breaches of its policy."""
        found = [one["exceptionDetails"].get("exception", {}).get("description", str(one))
                 for one in self.seen("Runtime.exceptionThrown")]
        found += [str(one["args"]) for one in self.seen("Runtime.consoleAPICalled") if one["type"] in ("error", "warning")]
        found += [one["entry"]["text"] for one in self.seen("Log.entryAdded") if one["entry"]["level"] != "verbose"]
        return found

    def requests(self):
        """Every address that was asked for."""
        return [one["request"]["url"] for one in self.seen("Network.requestWillBeSent")]

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        with self.browser.lock:
            self.browser.pages.pop(self.session, None)


def main():
    """A picture of a page: browser.py URL FILE.png [WIDTH [HEIGHT [dark]]]. A row that holds the words in the address
    after '#' is opened first."""
    address, path, *rest = sys.argv[1:]
    width, height = ([int(one) for one in rest[:2]] + [1280, 900][len(rest[:2]):])
    with Browser() as browser, Page(browser, width, height) as page:
        page.prefer("dark" if "dark" in rest else "light")
        page.open(address)
        page.until("document.documentElement.classList.contains('live')")
        wanted = urllib.parse.unquote(urllib.parse.urlsplit(address).fragment)
        if wanted:
            page.run("[...document.querySelectorAll('a.open')].find((link) => link.closest('tr').textContent"
                     f".includes({json.dumps(wanted)}))?.click()")
            page.until("document.querySelector('tr.inside .row-body') !== null")
        page.picture(path, whole=False)


if __name__ == "__main__":
    main()
