// The network lab without a network: every trace in tests/judge/golden is judged again from its evidence alone. What
// comes out is what the program concluded when the packets flowed, and what the scenario expects (NAME.expected beside
// NAME.json; tests/lab/scenario.py says what can be expected). `./dev lab --golden` writes both.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parsed.hpp"
#include "trace_file.hpp"

namespace {

using namespace fdnprobe;
using report::Json;

const std::filesystem::path folder = std::filesystem::path(FDNPROBE_SOURCE_DIR) / "tests" / "judge" / "golden";

std::vector<std::filesystem::path> traces() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A word, a number, or a list of those that will do.
Json choices(const Json& value) { return value.is_array() ? value : Json::array({value}); }

std::string word(std::string_view code) { return std::string(code); }

/// `none`, `destination`, or `elsewhere`: which host of the lab that is was held against its addresses when the trace
/// was written, and the address is in the trace.
std::string device_of(const CheckResult& result) {
    const Conclusion& conclusion = result.conclusion;
    if (!conclusion.where || !conclusion.where->address) return "none";
    const auto& destination = result.attempts.at(conclusion.attempt.value()).destination;
    return destination && destination->address == *conclusion.where->address ? "destination" : "elsewhere";
}

Json device_expected(const Json& value) {
    Json devices = choices(value);
    for (Json& device : devices)
        if (device != "none" && device != "destination") device = "elsewhere";
    return devices;
}

bool says(const Conclusion& conclusion, const std::string& part) {
    std::string text = conclusion.summary + " " + conclusion.advice.value_or("");
    for (const std::string& warning : conclusion.warnings) text += " " + warning;
    return text.find(part) != std::string::npos;
}

/// In what a check differs from what is expected of it.
std::vector<std::string> differences(const CheckResult& result, const Json& expected) {
    const Conclusion& conclusion = result.conclusion;
    const bool has_hop = conclusion.where && conclusion.where->hop;
    const Json got{{"verdict", word(to_string(conclusion.verdict))},
                   {"cause", word(to_string(conclusion.cause))},
                   {"owner", word(to_string(conclusion.owner))},
                   {"confidence", word(to_string(conclusion.confidence))},
                   {"hop", has_hop ? Json(*conclusion.where->hop) : Json("none")},
                   {"device", device_of(result)}};
    std::vector<std::string> wrong;
    for (const auto& [key, value] : expected.items()) {
        if (key == "says") {
            for (const Json& part : choices(value))
                if (!says(conclusion, part.get<std::string>())) wrong.push_back("it does not say " + part.dump());
            continue;
        }
        const Json wanted = key == "device" ? device_expected(value) : choices(value);
        if (!got.contains(key))
            wrong.push_back("nobody knows what " + key + " is");
        else if (std::find(wanted.begin(), wanted.end(), got.at(key)) == wanted.end())
            wrong.push_back(key + " is " + got.at(key).dump() + ", not " + wanted.dump());
    }
    return wrong;
}

const CheckResult* check_of_row(const Report& report, const std::string& id) {
    for (const RowResult& row : report.rows)
        if (row.row.id == id && !row.checks.empty()) return &report.checks.at(row.checks.front());
    return nullptr;
}

TEST_CASE("golden traces: the same evidence comes to the same conclusions") {
    REQUIRE(std::filesystem::is_directory(folder));
    const auto files = traces();
    REQUIRE_FALSE(files.empty());
    for (const std::filesystem::path& file : files) {
        INFO(file.filename().string());
        const trace_file::Trace trace = trace_file::read(read_file(file));
        const Report again = trace_file::judge_again(trace);
        CHECK(trace_file::differences(trace.report, again) == std::vector<std::string>());

        std::filesystem::path beside = file;
        beside.replace_extension(".expected");
        REQUIRE(std::filesystem::exists(beside));
        const Json expected = report::parsed(read_file(beside));
        for (const auto& [row, wanted] : expected.items()) {
            INFO("row " << row);
            const CheckResult* const result = check_of_row(again, row);
            REQUIRE(result != nullptr);
            CHECK(differences(*result, wanted) == std::vector<std::string>());
        }
    }
}

TEST_CASE("golden traces: what differs from an expectation is noticed") {
    CheckResult result;
    result.attempts.emplace_back().destination = SocketAddress{Address::parse("192.0.2.1").value(), 443};
    Conclusion& conclusion = result.conclusion;
    conclusion.verdict = Verdict::blocked;
    conclusion.cause = Cause::timeout;
    conclusion.owner = Owner::network;
    conclusion.attempt = 0;
    conclusion.where = Where{2, Address::parse("192.0.2.1").value(), 4};
    conclusion.summary = "It dies.";
    const Json good{{"verdict", {"blocked", "closed"}},
                    {"cause", "timeout"},
                    {"hop", {1, 2}},
                    {"device", "destination"},
                    {"says", "dies"}};
    CHECK(differences(result, good).empty());
    const Json bad{{"verdict", "closed"}, {"cause", {"refused"}}, {"owner", "service"}, {"confidence", "likely"},
                   {"hop", "none"},       {"device", "site"},     {"says", "lives"},    {"weather", "fine"}};
    for (const auto& [key, value] : bad.items()) {
        INFO(key);
        CHECK(differences(result, Json{{key, value}}).size() == 1);
    }
    conclusion.where.reset();
    CHECK(differences(result, Json{{"hop", "none"}, {"device", "none"}}).empty());
    CHECK(differences(result, Json{{"hop", 2}, {"device", {"site", "provider"}}}).size() == 2);
}

}  // namespace
