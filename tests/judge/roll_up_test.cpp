#include "catch.hpp"
#include "judge/judge.hpp"

using namespace fdnprobe;

namespace {

struct One {
    Verdict verdict;
    Level level = Level::need;
    const char* alternative = "";
    bool choice = false;
};

State roll_up(Need need, const std::vector<One>& ones) {
    Row row;
    row.need = need;
    std::vector<CheckResult> results(ones.size());
    std::vector<const CheckResult*> pointers;
    for (std::size_t index = 0; index < ones.size(); ++index) {
        results[index].check.level = ones[index].level;
        results[index].check.alternative = ones[index].alternative;
        results[index].check.choice = ones[index].choice;
        results[index].conclusion.verdict = ones[index].verdict;
        pointers.push_back(&results[index]);
    }
    return judge::roll_up(row, pointers);
}

Report report_of(const std::vector<State>& states) {
    Report report;
    for (const State state : states) report.rows.emplace_back().state = state;
    return report;
}

using V = Verdict;

}  // namespace

TEST_CASE("a lone check gives its row its state") {
    const std::vector<std::pair<Verdict, State>> expected{
        {V::reachable, State::reachable},   {V::closed, State::blocked},
        {V::blocked, State::blocked},       {V::broken, State::broken},
        {V::untrusted, State::untrusted},   {V::intercepted, State::intercepted},
        {V::unresolved, State::unresolved}, {V::inconclusive, State::inconclusive},
        {V::skipped, State::unconfigured},  {V::local, State::local},
    };
    REQUIRE(expected.size() == all_verdicts().size());
    for (const auto& [verdict, state] : expected)
        for (const Need need : {Need::any, Need::all}) CHECK(roll_up(need, {{verdict}}) == state);
}

TEST_CASE("an `any` row takes its best check") {
    CHECK(roll_up(Need::any, {{V::blocked}, {V::reachable}}) == State::degraded);
    CHECK(roll_up(Need::any, {{V::closed}, {V::reachable}}) == State::degraded);
    CHECK(roll_up(Need::any, {{V::untrusted}, {V::reachable}}) == State::degraded);
    CHECK(roll_up(Need::any, {{V::local}, {V::reachable}}) == State::degraded);
    CHECK(roll_up(Need::any, {{V::inconclusive}, {V::reachable}}) == State::reachable);
    CHECK(roll_up(Need::any, {{V::skipped}, {V::reachable}}) == State::reachable);
    CHECK(roll_up(Need::any, {{V::reachable}, {V::reachable}}) == State::reachable);
    CHECK(roll_up(Need::any, {{V::inconclusive}, {V::blocked}}) == State::inconclusive);
    CHECK(roll_up(Need::any, {{V::broken}, {V::blocked}, {V::unresolved}}) == State::broken);
    CHECK(roll_up(Need::any, {{V::intercepted}, {V::untrusted}}) == State::untrusted);
}

TEST_CASE("an `all` row takes its worst check") {
    CHECK(roll_up(Need::all, {{V::reachable}, {V::reachable}}) == State::reachable);
    CHECK(roll_up(Need::all, {{V::reachable}, {V::inconclusive}}) == State::inconclusive);
    CHECK(roll_up(Need::all, {{V::reachable}, {V::closed}}) == State::blocked);
    CHECK(roll_up(Need::all, {{V::unresolved}, {V::local}, {V::blocked}}) == State::local);
    CHECK(roll_up(Need::all, {{V::reachable}, {V::skipped}}) == State::reachable);
}

TEST_CASE("notices neither worsen nor help") {
    const Level notice = Level::notice;
    CHECK(roll_up(Need::all, {{V::reachable}, {V::blocked, notice}}) == State::reachable);
    CHECK(roll_up(Need::any, {{V::reachable}, {V::blocked, notice}}) == State::reachable);
    CHECK(roll_up(Need::any, {{V::blocked}, {V::reachable, notice}}) == State::blocked);
    CHECK(roll_up(Need::all, {{V::blocked, notice}, {V::reachable, notice}}) == State::reachable);
    CHECK(roll_up(Need::all, {{V::blocked, notice}, {V::inconclusive, notice}}) == State::unconfigured);
    CHECK(roll_up(Need::any, {{V::skipped}, {V::reachable, notice}}) == State::reachable);
}

TEST_CASE("rows with nothing to try") {
    CHECK(roll_up(Need::all, {}) == State::unconfigured);
    CHECK(roll_up(Need::any, {{V::skipped}, {V::skipped}}) == State::unconfigured);
    CHECK(roll_up(Need::all, {{V::skipped}, {V::skipped, Level::notice}}) == State::unconfigured);
}

TEST_CASE("of several ways the device uses one, and the others are no loss") {
    const auto in = [](Verdict verdict, const char* group) { return One{verdict, Level::need, group, true}; };
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::blocked, "a")}) == State::reachable);
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::inconclusive, "a")}) == State::reachable);
    CHECK(roll_up(Need::all, {in(V::inconclusive, "a"), in(V::blocked, "a")}) == State::inconclusive);
    CHECK(roll_up(Need::all, {in(V::broken, "a"), in(V::blocked, "a")}) == State::broken);
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::blocked, "b")}) == State::blocked);
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::blocked, "a"), {V::reachable}}) == State::reachable);
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::blocked, "a"), {V::inconclusive}}) == State::inconclusive);
    CHECK(roll_up(Need::all, {in(V::reachable, "a"), in(V::skipped, "a")}) == State::reachable);
    CHECK(roll_up(Need::any, {in(V::reachable, "a"), in(V::blocked, "a"), in(V::reachable, "b")}) == State::reachable);
    CHECK(roll_up(Need::any, {in(V::blocked, "a"), in(V::blocked, "a"), in(V::reachable, "b")}) == State::degraded);
    CHECK(roll_up(Need::any, {in(V::reachable, "a"), in(V::blocked, "a"), {V::blocked}}) == State::degraded);
    // A row's ways need no word of their own.
    CHECK(roll_up(Need::any, {in(V::reachable, ""), in(V::blocked, "")}) == State::reachable);
    // What another has made a notice of still is one of the group.
    CHECK(roll_up(Need::all, {One{V::blocked, Level::notice, "a", true}, in(V::reachable, "a")}) == State::reachable);
    CHECK(roll_up(Need::all, {One{V::blocked, Level::notice, "a", true}}) == State::blocked);
}

TEST_CASE("a way that fails beside one that works is a notice, as long as that works") {
    Report report;
    RowResult& row = report.rows.emplace_back();
    for (const Verdict verdict : {V::reachable, V::blocked, V::inconclusive}) {
        CheckResult& result = report.checks.emplace_back();
        result.check.choice = true;
        result.conclusion.verdict = verdict;
        row.checks.push_back(report.checks.size() - 1);
    }
    report.checks.emplace_back().conclusion.verdict = V::blocked;
    row.checks.push_back(3);

    judge::settle_choices(report);
    CHECK(report.checks[0].check.level == Level::need);
    CHECK(report.checks[1].check.level == Level::notice);
    CHECK(report.checks[2].check.level == Level::notice);
    CHECK(report.checks[3].check.level == Level::need);

    report.checks[0].conclusion.verdict = V::intercepted;
    judge::settle_choices(report);
    for (const CheckResult& result : report.checks) CHECK(result.check.level == Level::need);
}

TEST_CASE("exit codes") {
    CHECK(judge::exit_code(report_of({}), {}) == 0);
    CHECK(judge::exit_code(report_of({State::reachable, State::degraded, State::unconfigured}), {}) == 0);
    CHECK(judge::exit_code(report_of({State::reachable, State::inconclusive}), {}) == 3);
    for (const State state :
         {State::blocked, State::broken, State::untrusted, State::intercepted, State::unresolved, State::local}) {
        CHECK(judge::exit_code(report_of({State::inconclusive, state}), {}) == 1);
        CHECK(judge::exit_code(report_of({state, State::inconclusive}), {}) == 1);
        const std::vector<State> accepted{state};
        CHECK(judge::exit_code(report_of({state}), accepted) == 0);
        CHECK(judge::exit_code(report_of({state, State::inconclusive}), accepted) == 3);
    }
    const std::vector<State> accepted{State::inconclusive};
    CHECK(judge::exit_code(report_of({State::inconclusive}), accepted) == 0);
}

namespace {

struct Choice {
    Verdict verdict;
    Confidence confidence = Confidence::proven;
    Level level = Level::need;
    const char* alternative = "";
};

/// Its place among them; -1: none decides.
int deciding(Need need, const std::vector<Choice>& choices) {
    Row row;
    row.need = need;
    std::vector<CheckResult> results(choices.size());
    std::vector<const CheckResult*> pointers;
    for (std::size_t index = 0; index < choices.size(); ++index) {
        results[index].check.level = choices[index].level;
        results[index].check.alternative = choices[index].alternative;
        results[index].check.choice = *choices[index].alternative != '\0';
        results[index].conclusion.verdict = choices[index].verdict;
        results[index].conclusion.confidence = choices[index].confidence;
        pointers.push_back(&results[index]);
    }
    const CheckResult* const found = judge::deciding_check(row, pointers);
    return found == nullptr ? -1 : static_cast<int>(found - results.data());
}

constexpr Confidence proven = Confidence::proven;
constexpr Confidence likely = Confidence::likely;

}  // namespace

TEST_CASE("a row is decided by the worst of the checks that it has its state from") {
    CHECK(deciding(Need::all, {{V::reachable}, {V::blocked}, {V::broken}}) == 1);
    CHECK(deciding(Need::all, {{V::broken}, {V::local}, {V::unresolved}}) == 1);
    // What is worse than the state does not count in an `any` row.
    CHECK(deciding(Need::any, {{V::unresolved}, {V::broken}, {V::blocked}}) == 1);
    // What spoils a row that works is what there is to say.
    CHECK(deciding(Need::any, {{V::reachable}, {V::broken}, {V::blocked}}) == 2);
    CHECK(deciding(Need::any, {{V::inconclusive}, {V::reachable}}) == 1);
    CHECK(deciding(Need::all, {{V::reachable}, {V::reachable}}) == 0);
}

TEST_CASE("of checks that are as bad the surest decides, then the first") {
    CHECK(deciding(Need::all, {{V::blocked, likely}, {V::closed, proven}, {V::blocked, proven}}) == 1);
    CHECK(deciding(Need::all, {{V::blocked, likely}, {V::blocked, likely}}) == 0);
    CHECK(deciding(Need::all, {{V::blocked, likely}, {V::broken, proven}}) == 0);
}

TEST_CASE("what an alternative makes good does not decide while something else fails") {
    const Choice open{V::reachable, proven, Level::need, "a"};
    const Choice shut{V::unresolved, proven, Level::need, "a"};
    CHECK(deciding(Need::all, {open, shut, {V::broken}}) == 2);
    CHECK(deciding(Need::all, {open, shut, {V::inconclusive}}) == 2);
    CHECK(deciding(Need::all, {open, shut, {V::reachable}}) == 0);
    CHECK(deciding(Need::any, {open, shut, {V::inconclusive}}) == 0);
}

TEST_CASE("notices and what was not tried decide nothing") {
    CHECK(deciding(Need::all, {}) == -1);
    CHECK(deciding(Need::all, {{V::skipped}}) == -1);
    CHECK(deciding(Need::all, {{V::blocked, proven, Level::notice}}) == -1);
    CHECK(deciding(Need::all, {{V::blocked, proven, Level::notice}, {V::reachable, proven, Level::notice}}) == 1);
    CHECK(deciding(Need::all, {{V::local, proven, Level::notice}, {V::broken}, {V::skipped}}) == 1);
}
