#!/usr/bin/env python3
"""The basics of a Dockerfile: what a reviewer would look for first.

1. Every image is pinned to a release (a tag other than latest, or a digest); an earlier stage needs none.
2. The last stage runs as an ordinary user: its last USER is neither root nor 0.
3. A RUN that calls apt-get install also calls update, passes --no-install-recommends and removes the lists.
4. COPY, not ADD: ADD also fetches and unpacks.
5. No secrets: nothing that looks like one in ENV, ARG or COPY.
6. ENTRYPOINT and CMD in the exec form, so that signals reach the program.

Usage: dockerfile.py FILE... | --self-test
"""
import re
import sys

SECRET = re.compile(r"(passw(or)?d|secret|token|credential|api_?key|private_?key|id_rsa|\.pem\b|\.key\b)", re.IGNORECASE)


def instructions(text):
    """(line, keyword, arguments), with continued lines joined and comments left out."""
    joined, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*#", line) or (not line.strip() and not joined):
            continue
        if not joined:
            start = number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        words = (joined + line).strip().split(None, 1)
        joined = ""
        if words:
            yield start, words[0].upper(), words[1] if len(words) > 1 else ""


def check(text):
    problems, stages, user, entry = [], set(), None, False
    for line, keyword, rest in instructions(text):
        if keyword == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            image = words[0] if words else ""
            name, _, tag = image.rpartition("/")[2].partition(":")
            if image not in stages and "@sha256:" not in image and (not tag or tag == "latest" or "$" in image):
                problems.append((line, f"{name or 'the image'} is not pinned to a release"))
            if len(words) == 3:
                stages.add(words[2])
            user, entry = None, False
        elif keyword == "USER":
            user = (line, rest.split(":")[0].strip())
        elif keyword == "ADD":
            problems.append((line, "COPY instead of ADD"))
        elif keyword == "RUN" and re.search(r"\bapt(-get)?\s+(-\S+\s+)*install\b", rest):
            for wanted in ("update", "--no-install-recommends", "/var/lib/apt/lists"):
                if wanted not in rest:
                    problems.append((line, f"apt-get install without {wanted}"))
        elif keyword in ("ENTRYPOINT", "CMD"):
            entry = True
            if not rest.startswith("["):
                problems.append((line, f"{keyword} in the exec form: [\"program\", \"argument\"]"))
        if keyword in ("ENV", "ARG", "COPY") and SECRET.search(rest):
            problems.append((line, f"{keyword} looks like a secret"))
    if user is None or user[1] in ("root", "0", ""):
        problems.append((user[0] if user else 1, "the last stage runs as root"))
    if not entry:
        problems.append((1, "the last stage has no ENTRYPOINT"))
    return problems


GOOD = """# comment
FROM debian:12-slim AS build
RUN apt-get update \\
    # in between
    && apt-get install --yes --no-install-recommends g++ \\
    && rm -rf /var/lib/apt/lists/*
COPY . /src
FROM build
USER probe
ENTRYPOINT ["fdnprobe"]
"""
BAD = {
    "no tag": GOOD.replace("debian:12-slim", "debian"),
    "latest": GOOD.replace("debian:12-slim", "debian:latest"),
    "registry with a port and no tag": GOOD.replace("debian:12-slim", "registry.example:5000/debian"),
    "no user": GOOD.replace("USER probe\n", ""),
    "root": GOOD.replace("USER probe", "USER root"),
    "root by number": GOOD.replace("USER probe", "USER 0:0"),
    "user of an earlier stage": GOOD.replace("COPY", "USER probe\nCOPY").replace("USER probe\nENTRY", "ENTRY"),
    "lists kept": GOOD.replace("&& rm -rf /var/lib/apt/lists/*", "&& true"),
    "recommends": GOOD.replace("--no-install-recommends ", ""),
    "no update": GOOD.replace("apt-get update", "true"),
    "add": GOOD.replace("COPY . /src", "ADD . /src"),
    "secret": GOOD.replace("COPY . /src", "ENV API_TOKEN=abc"),
    "copied key": GOOD.replace("COPY . /src", "COPY server.key /etc"),
    "shell form": GOOD.replace('["fdnprobe"]', "fdnprobe"),
    "no entry point": GOOD.replace('ENTRYPOINT ["fdnprobe"]\n', ""),
}


def self_test():
    failures = [f"false alarm: {problem}" for problem in check(GOOD)]
    failures += [f"missed: {name}" for name, text in BAD.items() if not check(text)]
    for failure in failures:
        print(failure)
    print(f"1 good and {len(BAD)} bad files, {len(failures)} wrong")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    bad = 0
    for path in arguments:
        with open(path, encoding="utf-8") as file:
            for line, problem in check(file.read()):
                bad += 1
                print(f"{path}:{line}: {problem}")
    return 1 if bad or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
