#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "hostile.hpp"
#include "report/csv_cell.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

using Record = std::vector<std::string>;

/// RFC 4180 by the letter; what is not CSV ends the test.
std::vector<Record> read_csv(const std::string& text) {
    std::vector<Record> records(1);
    records.back().emplace_back();
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        std::string& cell = records.back().back();
        if (quoted) {
            if (letter != '"')
                cell += letter;
            else if (at + 1 < text.size() && text[at + 1] == '"')
                cell += text[++at];
            else
                quoted = false;
        } else if (letter == '"') {
            if (!cell.empty()) FAIL("a quote within a cell");
            quoted = true;
        } else if (letter == ',') {
            records.back().emplace_back();
        } else if (letter == '\n') {
            records.emplace_back(1);
        } else {
            if (letter == '\r') FAIL("a carriage return outside quotes");
            cell += letter;
        }
    }
    REQUIRE_FALSE(quoted);
    REQUIRE(records.back() == Record{""});
    records.pop_back();
    return records;
}

std::string at(const std::vector<Record>& records, std::size_t line, const std::string& column) {
    for (std::size_t index = 0; index < records[0].size(); ++index)
        if (records[0][index] == column) return records.at(line).at(index);
    FAIL("no column " << column);
    return {};
}

TEST_CASE("csv: a cell is quoted where it has to be, and is never a formula") {
    CHECK(csv_cell("").empty());
    CHECK(csv_cell("plain text; and more") == "plain text; and more");
    CHECK(csv_cell("a,b") == "\"a,b\"");
    CHECK(csv_cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
    CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
    CHECK(csv_cell("two\r\nlines") == "\"two\r\nlines\"");
    for (const char* const formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\xEF\xBC\x9D\x31"})
        CHECK(csv_cell(formula) == std::string("'") + formula);
    CHECK(csv_cell("\r=1") == "\"'\r=1\"");
    CHECK(csv_cell("=HYPERLINK(\"http://a\",\"b\")") == "\"'=HYPERLINK(\"\"http://a\"\",\"\"b\"\")\"");
    CHECK(csv_cell("a=1") == "a=1");
    CHECK(csv_line(std::array<std::string, 3>{"", "", "x"}) == ",,x\n");
    CHECK(csv_line(std::array<std::string, 1>{"x"}) == "x\n");
}

TEST_CASE("csv: one line for each check, and for each row without any") {
    const Report report = fixture::busy_site();
    const auto records = read_csv(render_csv(report));
    std::size_t expected = 1;
    for (const RowResult& row : report.rows) expected += std::max<std::size_t>(row.checks.size(), 1);
    REQUIRE(records.size() == expected);
    for (const Record& record : records) CHECK(record.size() == records[0].size());
    CHECK(at(records, 1, "row") == "fortiproxy-7.4/outgoing/fortiguard/av-ips-update");
    CHECK(at(records, 1, "purpose") == "AV/IPS Update");
    CHECK(at(records, 1, "ports") == "TCP/443, TCP/8890");
    CHECK(at(records, 1, "state") == "degraded");
    CHECK(at(records, 1, "verdict") == "reachable");
    CHECK(at(records, 1, "address") == "173.243.138.66");
    CHECK(at(records, 1, "total_ms") == "12.704");
    CHECK(at(records, 1, "certificate_not_after") == "9999-12-31T00:00:00Z");
    CHECK(at(records, 1, "certificate_signer") == "fortinet-ca2");
    CHECK(at(records, 1, "hop").empty());
    CHECK(at(records, 2, "cause") == "timeout");
    CHECK(at(records, 2, "confidence") == "likely");
    CHECK(at(records, 2, "owner") == "network");
    CHECK(at(records, 2, "hop") == "1");
    CHECK(at(records, 2, "hop_address") == "10.0.0.1");
    CHECK(at(records, 2, "port") == "8890");
    CHECK(at(records, 2, "transport") == "tcp");
    CHECK(at(records, 2, "site") == "branch-17");
    CHECK(at(records, 2, "started") == "2026-11-20T06:25:00.123Z");
    golden::compare("busy.csv", render_csv(report));
}

TEST_CASE("csv: a row without checks has its line") {
    fixture::Builder b;
    b.row("Peer", "Nothing", "TCP/1", Need::all, State::unconfigured);
    const auto records = read_csv(render_csv(b.report));
    REQUIRE(records.size() == 2);
    CHECK(at(records, 1, "purpose") == "Nothing");
    CHECK(at(records, 1, "state") == "unconfigured");
    CHECK(at(records, 1, "check").empty());
    CHECK(at(records, 1, "site") == "branch-17");
    CHECK(read_csv(render_csv(Report{})).size() == 1);
}

TEST_CASE("csv: hostile text stays in its cell") {
    const std::size_t lines = read_csv(render_csv(fixture::busy_site())).size();
    for (const std::string& text : fixture::hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const std::string csv = render_csv(fixture::poisoned(text));
        const auto records = read_csv(csv);
        REQUIRE(records.size() == lines);
        CHECK(std::all_of(records.begin(), records.end(),
                          [&](const Record& record) { return record.size() == records[0].size(); }));
        CHECK(fixture::all_lines_printable(csv));
        CHECK(at(records, 1, "verdict") == "reachable");
        CHECK(at(records, 2, "cause") == "timeout");
    }
    for (const char* const formula : {"=cmd|' /C calc'!A0", "+1", "-2", "@SUM(1)"})
        for (const Record& record : read_csv(render_csv(fixture::poisoned(formula))))
            CHECK(std::none_of(record.begin(), record.end(), [](const std::string& cell) {
                return !cell.empty() && std::string("=+-@").find(cell[0]) != std::string::npos;
            }));
}

}  // namespace
}  // namespace fdnprobe::report
