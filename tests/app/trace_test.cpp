// `check --trace`: every scenario of the lab inside the program, judged once more from its trace alone. What comes out
// must be what came out with the network there, or a judge has read something that is no evidence.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "app/app.hpp"
#include "catch.hpp"
#include "peers/scenario.hpp"
#include "report/trace.hpp"
#include "report/trace_file.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::app {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int run_with(std::vector<std::string> words) {
    words.insert(words.begin(), "fdnprobe");
    std::vector<char*> arguments;
    arguments.reserve(words.size());
    for (std::string& word : words) arguments.push_back(word.data());
    return run(static_cast<int>(arguments.size()), arguments.data());
}

/// The tables of this source tree, whatever is installed.
class OwnTables {
  public:
    OwnTables() { ::setenv("FDNPROBE_TARGETS_DIR", FDNPROBE_SOURCE_DIR "/targets", 1); }
    OwnTables(const OwnTables&) = delete;
    OwnTables& operator=(const OwnTables&) = delete;
    ~OwnTables() { ::unsetenv("FDNPROBE_TARGETS_DIR"); }
};

TEST_CASE("trace: every scenario of the program's own lab is judged alike from its trace") {
    const OwnTables tables;
    const ScratchFolder folder;
    for (const peers::ScenarioDescription& scenario : peers::scenarios()) {
        INFO("scenario " << scenario.code);
        const std::string trace = folder.path(std::string(scenario.code) + ".json");
        const int code = run_with({"check", "--lab=" + std::string(scenario.code), "--direction", "both", "--targets",
                                   "fortiproxy-7.4", "--targets", "fortiguard", "--timeout", "1.2", "--quiet",
                                   "--output", folder.path("report"), "--trace", trace});
        CHECK((code == 0 || code == 1 || code == 3));
        const std::string text = read_file(trace);
        CHECK(text.find("the lab's RADIUS secret") == std::string::npos);
        const trace_file::Trace read = trace_file::read(text, {{"radius", "the lab's RADIUS secret"}});
        CHECK(read.report.checks.size() > 100);
        CHECK(std::none_of(read.withheld.begin(), read.withheld.end(), [](bool withheld) { return withheld; }));
        CHECK(report::render_trace(read.report) == text);
        const Report again = trace_file::judge_again(read);
        CHECK(trace_file::differences(read.report, again) == std::vector<std::string>());
        // Not only the codes: what people read comes from the same evidence.
        for (std::size_t index = 0; index < again.checks.size(); ++index) {
            const CheckResult& then = read.report.checks[index];
            if (then.conclusion.verdict == Verdict::skipped) continue;
            INFO(then.check.id);
            CHECK(again.checks[index].conclusion.summary == then.conclusion.summary);
            CHECK(again.checks[index].conclusion.advice == then.conclusion.advice);
            CHECK(again.checks[index].conclusion.warnings == then.conclusion.warnings);
        }
    }
}

TEST_CASE("trace: a file that cannot be written stops the run before it begins") {
    const OwnTables tables;
    const ScratchFolder folder;
    CHECK(run_with({"check", "--lab", "--quiet", "--output", folder.path("report"), "--trace",
                    folder.path("nowhere/trace.json")}) == 2);
    CHECK_FALSE(std::ifstream(folder.path("report")).good());
}

}  // namespace
}  // namespace fdnprobe::app
