#!/usr/bin/env python3
"""Keep co_await where GCC 12 compiles it correctly.

GCC 12 miscompiles a co_await that shares its statement with temporaries it does not track: in the condition of a
coroutine without locals (crash), beside a braced aggregate or a capturing lambda (double free), in ?: with class-type
branches (double free). One rule keeps clear of all of them:

    co_await stands alone as a statement, or initialises a named local; the same statement holds no braced temporary,
    no capturing lambda, no condition, no && || ?: and no second co_await.

    co_await f();                     const auto x = co_await f();          auto [a, b] = co_await f();
    x = co_await f();                 co_return co_await f();               (as safe as the initialiser: both tried)

How: the source is cut into tokens and the tokens into statements. A '{' is a block, a lambda's body or a braced value;
blocks and bodies are statement lists of their own, so a coroutine lambda may stand in a statement that awaits nothing.

Usage: coroutines.py FILE... | --self-test
"""
import re
import sys
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\\\n)
      | (?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<literal>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"|(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'|\.?\d(?:'?[\w.])*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<mark>::|->\*?|&&|\|\||[-+*/%&|^<>=!]=|<<=?|\+\+|--|.)
    """,
    re.VERBOSE | re.DOTALL,
)
# A directive with its continuation lines; what a macro expands to is not seen.
DIRECTIVE = re.compile(r"^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)

# Words after which a '[' opens a lambda and not a subscript.
BEFORE_LAMBDA = {"return", "co_return", "co_await", "co_yield", "case", "throw", "else", "do", "in"}
# Words after which a '{' at the outer level of a statement is a body, besides ')' and '}'.
BEFORE_BODY = {"const", "noexcept", "override", "final", "mutable", "else", "do", "try"}
# Statements that begin with these hold a body of declarations.
DECLARING = {"namespace", "class", "struct", "union", "enum", "extern"}
HEADS = {"if", "while", "for", "switch", "catch"}
PARTNER = {"(": ")", "[": "]", "{": "}"}


@dataclass
class Token:
    text: str
    line: int
    kind: str


@dataclass
class Finding:
    line: int
    why: str


def tokens_of(source):
    source = DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    tokens, line = [], 1
    for match in TOKEN.finditer(source):
        text = match.group()
        if match.lastgroup != "skip":
            tokens.append(Token(text, line, match.lastgroup))
        line += text.count("\n")
    return tokens


class Checker:
    def __init__(self, source):
        self.tokens = tokens_of(source)
        self.findings = []

    def text(self, index):
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def run(self):
        self.statements(0, len(self.tokens))
        return sorted(self.findings, key=lambda finding: finding.line)

    def report(self, index, why):
        self.findings.append(Finding(self.tokens[index].line, why))

    def closing(self, index, end):
        """The index of what closes the bracket at `index`."""
        stack = []
        while index < end:
            text = self.text(index)
            if text in PARTNER:
                stack.append(PARTNER[text])
            elif stack and text == stack[-1]:
                stack.pop()
                if not stack:
                    return index
            index += 1
        return end

    def statements(self, index, end):
        while index < end:
            index = self.statement(index, end)

    def statement(self, index, end):
        """Checks the statement at `index` and returns where the next one begins."""
        text = self.text(index)
        if text == "{":
            close = self.closing(index, end)
            self.statements(index + 1, close)
            return close + 1
        if text in (";", "}"):
            return index + 1
        if text in ("else", "do", "try"):
            return index + 1
        if text in ("public", "private", "protected", "default") and self.text(index + 1) == ":":
            return index + 2
        if text == "case":
            while index < end and self.text(index) != ":":
                index += 1
            return index + 1
        if text in HEADS:
            index += 1
            while index < end and self.text(index) != "(":  # if constexpr
                index += 1
            close = self.closing(index, end)
            self.head(text, index + 1, close)
            return close + 1
        return self.simple(index, end)

    def head(self, keyword, start, end):
        own, _ = self.own_tokens(start, end, whole=True)
        for index in own:
            if self.text(index) == "co_await":
                self.report(index, f"in the head of '{keyword}'")

    def is_lambda(self, index, start):
        """Whether the '[' at `index` opens a lambda: it does where no operand stands before it."""
        if self.text(index + 1) == "[" or (index > start and self.text(index - 1) == "["):
            return False  # an attribute
        before = self.tokens[index - 1] if index > start else None
        if before is None:
            return True
        if before.kind == "word":
            return before.text in BEFORE_LAMBDA
        if before.text in ("&", "&&") and self.text(index - 2) == "auto":
            return False  # a structured binding
        return before.kind == "mark" and before.text not in (")", "]", "}")

    def own_tokens(self, start, end, whole=False):
        """The indices of a statement's own tokens, and where it ends.

        Lambda bodies are checked as statement lists of their own and left out. The bracket of a lambda with captures
        and the brace of a braced value are among the own tokens.
        """
        own, index, depth = [], start, 0
        declaring = self.declares(start, end)
        while index < end:
            text = self.text(index)
            if text == ";" and depth == 0 and not whole:
                return own, index + 1
            if text == "[" and self.is_lambda(index, start):
                close = self.closing(index, end)
                if close > index + 1:
                    own.append(index)
                body = close
                while body < end and self.text(body) not in ("{", ";"):
                    body = self.closing(body, end) + 1 if self.text(body) == "(" else body + 1
                if self.text(body) != "{":  # a structured binding, or no lambda after all
                    own.extend(range(index + 1, close + 1))
                    index = close + 1
                    continue
                body_end = self.closing(body, end)
                self.statements(body + 1, body_end)
                index = body_end + 1
                continue
            if text == "{" and depth == 0 and not whole and (declaring or self.opens_body(index, start)):
                close = self.closing(index, end)
                self.statements(index + 1, close)
                return own, close + 1
            if text in PARTNER:
                depth += 1
            elif text in PARTNER.values():
                if depth == 0:
                    return own, index + 1
                depth -= 1
            own.append(index)
            index += 1
        return own, end

    def declares(self, start, end):
        """Whether the statement declares a namespace, class or enum, so that its brace holds declarations."""
        index = start
        while index < end and self.text(index) in ("inline", "typedef", "export", "static", "template", "<"):
            if self.text(index) == "<":
                depth = 0
                while index < end:
                    depth += {"<": 1, ">": -1}.get(self.text(index), 0)
                    index += 1
                    if depth == 0:
                        break
            else:
                index += 1
        if self.text(index) not in DECLARING:
            return False
        while index < end and self.text(index) not in ("{", ";"):
            if self.text(index) in ("(", "="):
                return False  # an elaborated type in a function or a variable
            index += 1
        return True

    def opens_body(self, index, start):
        before = self.text(index - 1) if index > start else ""
        if before in (")", "}") or before in BEFORE_BODY:
            return True
        # A trailing return type: `auto f() -> T {`.
        inner = [self.text(one) for one in range(start, index)]
        return "->" in inner and "=" not in inner and ")" in inner[: inner.index("->")] and "co_await" not in inner

    def simple(self, start, end):
        own, after = self.own_tokens(start, end)
        awaits = [index for index in own if self.text(index) == "co_await"]
        if not awaits:
            return after
        first = awaits[0]
        if len(awaits) > 1:
            self.report(awaits[1], "twice in one statement")
        before = [index for index in own if index < first]
        if not self.stands_alone(before):
            self.report(first, "inside an expression")
        for index in own:
            if index < first and self.text(index) == "[":
                continue  # a structured binding
            if self.text(index) == "{":
                self.report(first, "beside a braced temporary")
                break
            if self.text(index) == "[" and self.is_lambda(index, start):
                self.report(first, "beside a capturing lambda")
                break
        for index in own:
            if index > first and self.text(index) in ("?", "&&", "||", "and", "or"):
                self.report(first, f"in one statement with {self.text(index)}")
                break
        return after

    def stands_alone(self, before):
        """Whether what stands before co_await is nothing, `co_return`, `NAME =` or `TYPE NAME =`."""
        words = [self.text(index) for index in before]
        if not words or words == ["co_return"]:
            return True
        if words[-1] != "=" or words.count("=") != 1 or "?" in words or "(" in words or "{" in words:
            return False
        return words[-2] == "]" or self.tokens[before[-2]].kind == "word"


GOOD = {
    "statement": "awaitable<void> f() { co_await g(); }",
    "named local": "awaitable<void> f() { const bool ok = co_await g(1); if (ok) co_await h(); }",
    "structured binding": "awaitable<void> f() { auto [a, b] = co_await g(); const auto& [c, d] = co_await g(); }",
    "assignment": "awaitable<void> f() { x = co_await g(); this->y_ = co_await g(); a.b.c = co_await g(); }",
    "returned": "awaitable<int> f(int k) { if (k) co_return co_await g(); else co_return co_await h(); }",
    "rvalue reference": "awaitable<void> f() { auto&& x = co_await g(); }",
    "template type": "awaitable<void> f() { const std::map<int, std::string> x = co_await g(); }",
    "await then choose": "awaitable<void> f() { auto y = co_await g(); auto s = y ? a : b; }",
    "moved aggregate": "awaitable<void> f() { Agg a{s, t}; co_await g(std::move(a)); }",
    "moved lambda": "awaitable<void> f() { auto l = [t] { use(t); }; co_await g(std::move(l)); }",
    "lambda coroutine": "void f() { spawn(ex, [t]() -> awaitable<void> { co_await g(t); }, detached); }",
    "captureless lambda": "awaitable<void> f() { co_await g([](int x) { return x && y ? S{1} : S{2}; }); }",
    "loop": "awaitable<void> f() { while (go) { co_await g(); } do co_await g(); while (go); for (;;) co_await g(); }",
    "switch": "awaitable<void> f() { switch (k) { case A::b: co_await g(); break; default: co_await h(); } }",
    "try": "awaitable<void> f() { try { co_await g(); } catch (const E& e) { log(e); } }",
    "comment and text": 'void f() { /* if (co_await g()) */ log("if (co_await g())"); log(R"(x{co_await})"); } // {co_await}',
    "constructor": "struct S : T { S(int a) : a_{a}, b_(a) { go(); } int a_{0}; awaitable<void> f() const { co_await g(); } };",
    "subscripts": "awaitable<void> f() { const auto x = co_await g(list[0], map[a[1]]); }",
    "attributed local": "awaitable<void> f() { [[maybe_unused]] const auto [error] = co_await g(); }",
    "attribute": "struct S { [[nodiscard]] awaitable<int> f() override { co_return co_await g(); } };",
    "trailing return": "auto f() -> asio::awaitable<void> { co_await g(); }",
    "braces elsewhere": "awaitable<void> f() { std::vector<int> v{1, 2}; co_await g(v); S s = {1}; co_await h(s); }",
    "class-key local": "awaitable<void> f() { struct tm t = {}; co_await g(t); }",
    "directive": "#define X(a) if (co_await a()) {\nawaitable<void> f() { co_await g(); }",
    "digit separator": "awaitable<void> f() { const auto x = co_await g(1'000'000); const char c = '{'; }",
}

BAD = {
    "if": "awaitable<void> f() { if (co_await g()) h(); }",
    "if with initialiser": "awaitable<void> f() { if (auto x = co_await g(); x) h(); }",
    "else if": "awaitable<void> f() { if (a) b(); else if (co_await g()) h(); }",
    "while": "awaitable<void> f() { while (co_await g()) {} }",
    "do while": "awaitable<void> f() { do { h(); } while (co_await g()); }",
    "switch": "awaitable<void> f() { switch (co_await g()) { default: break; } }",
    "for": "awaitable<void> f() { for (auto x : co_await g()) h(x); }",
    "and": "awaitable<void> f() { const bool x = co_await a() && co_await b(); }",
    "or": "awaitable<void> f() { const auto x = co_await (a() || b()); }",
    "right of and": "awaitable<void> f() { const bool x = ready && co_await b(); }",
    "condition value": "awaitable<void> f() { std::string s = (co_await y()) ? x : z; }",
    "branch": "awaitable<void> f() { std::string s = x ? co_await y() : z; }",
    "unparenthesised": "awaitable<void> f() { const auto s = co_await y() ? x : z; }",
    "aggregate argument": "awaitable<void> f() { co_await g(Agg{s, t}); }",
    "designated argument": "awaitable<void> f() { co_await g({.a = s}); }",
    "list argument": 'awaitable<void> f() { co_await g({"a", "b"}); }',
    "braced unit": "awaitable<void> f() { co_await sleep(std::chrono::milliseconds{5}); }",
    "capturing lambda": "awaitable<void> f() { co_await g([t] { h(t); }); }",
    "reference capture": "awaitable<void> f() { co_await g([&] { h(); }); }",
    "second argument": "awaitable<void> f() { co_await g(1, [this](int x) mutable noexcept -> int { return x; }, 2); }",
    "in an aggregate": "awaitable<void> f() { auto x = Agg{a, b, co_await n()}; }",
    "braced local": "awaitable<void> f() { Agg x{a, co_await n()}; }",
    "pushed": "awaitable<void> f() { v.push_back(co_await n()); }",
    "pushed aggregate": "awaitable<void> f() { v.push_back(Agg{1, co_await n()}); }",
    "member of result": "awaitable<void> f() { const auto x = (co_await n()).value(); }",
    "sum": "awaitable<void> f() { const int x = co_await a() + co_await b(); }",
    "returned aggregate": "awaitable<Agg> f() { co_return Agg{co_await n()}; }",
    "returned choice": "awaitable<int> f() { co_return a ? co_await n() : 0; }",
    "nested lambda": "void f() { spawn(ex, [t]() -> awaitable<void> { if (co_await g(t)) h(); }, detached); }",
    "spawned and awaited": "awaitable<void> f() { co_await co_spawn(ex, [t]() -> awaitable<void> { co_await g(); }, use); }",
    "argument": "awaitable<void> f() { h(co_await g()); }",
    "macro": "awaitable<void> f() { REQUIRE(co_await g()); }",
    "after attribute": "struct S { [[nodiscard]] awaitable<int> f() const { if (co_await g()) co_return 1; } };",
    "in a method": "struct S { int a_{0}; S() : a_{1} {} awaitable<void> f() { while (co_await g()) {} } };",
    "in a namespace": "namespace a::b { inline namespace c { awaitable<void> f() { if (co_await g()) {} } } }",
    "member template": "template <class T> struct S { template <class U> awaitable<void> f() { if (co_await g()) {} } };",
    "case": "awaitable<void> f() { switch (k) { case 1: if (co_await g()) break; } }",
    "indexed": "awaitable<void> f() { list[co_await g()] = 1; }",
    "list in a binding": "awaitable<void> f() { auto [a, b] = co_await g({1, 2}); }",
    "assigned through a call": "awaitable<void> f() { at(i) = co_await g(); }",
    "trailing return": "auto f() -> asio::awaitable<void> { if (co_await g()) h(); }",
}


def self_test():
    failures = [f"good shape '{name}' was reported: {found[0].why}"
                for name, source in GOOD.items() if (found := Checker(source).run())]
    failures += [f"bad shape '{name}' was missed" for name, source in BAD.items() if not Checker(source).run()]
    place = Checker("a();\n\nawaitable<void> f() {\n  if (co_await g())\n    h();\n}\n").run()
    if [finding.line for finding in place] != [4]:
        failures.append(f"the line is wrong: {place}")
    for failure in failures:
        print(failure)
    print(f"{len(GOOD)} good and {len(BAD)} bad shapes, {len(failures)} wrong")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    bad = 0
    for path in arguments:
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for finding in Checker(source).run():
            bad += 1
            print(f"{path}:{finding.line}: co_await {finding.why}: make it a statement or a named local of its own")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
