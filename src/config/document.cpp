#include "config/document.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/key_depth.hpp"
#include "config/plain_text.hpp"

namespace fdnprobe::config {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool parser_stumbles(std::string_view text) {
    try {
        (void)toml::parse(text);
    } catch (const toml::parse_error&) {
        return false;
    } catch (const ParserFault&) {
        return true;
    }
    return false;
}

/// A ParserFault does not say where. The parser reads from front to back, so the shortest beginning of the text that
/// makes it stumble ends with the character that it cannot take.
toml::source_position find_stumbling_block(std::string_view text) {
    std::size_t good = 0;
    std::size_t bad = text.size();
    for (;;) {
        std::size_t middle = good + (bad - good) / 2;
        while (middle > good && is_continuation(text[middle])) --middle;
        if (middle == good) break;
        (parser_stumbles(text.substr(0, middle)) ? bad : good) = middle;
    }
    const std::string_view before = text.substr(0, good);
    const std::size_t line_start = before.rfind('\n') + 1;
    toml::source_position place;
    place.line = static_cast<toml::source_index>(1 + std::count(before.begin(), before.end(), '\n'));
    const std::string_view same_line = before.substr(line_start);
    place.column = static_cast<toml::source_index>(
        1 + std::count_if(same_line.begin(), same_line.end(), [](char c) { return !is_continuation(c); }));
    return place;
}

Problem make_problem(const std::string& file, const toml::source_position& at, std::string what, bool warning) {
    return {file, std::max(1, static_cast<int>(at.line)), std::max(1, static_cast<int>(at.column)), std::move(what),
            warning};
}

}  // namespace

Expected<toml::table, Problem> parse_document(std::string_view text, const std::string& file) {
    const std::string shown = printable(file);
    const auto fail = [&](int line, int column, std::string what) {
        return Unexpected<Problem>(Problem{shown, line, column, std::move(what)});
    };
    if (const auto not_text = find_not_text(text)) return fail(not_text->line, not_text->column, not_text->what);
    if (const auto deep = find_too_deep_key(text))
        return fail(deep->line, deep->column, fmt::format("more than {} dots outside strings on one line", most_dots));
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return Unexpected<Problem>(
            make_problem(shown, error.source().begin, "this is not TOML: " + printable(error.description()), false));
    } catch (const ParserFault&) {
        return Unexpected<Problem>(make_problem(
            shown, find_stumbling_block(text), "this is not TOML: nothing that TOML knows can begin like this", false));
    }
}

Complaints::Complaints(const std::string& file) : file_(printable(file)) {}

void Complaints::error(const toml::source_position& at, std::string what) {
    errors_.push_back(make_problem(file_, at, std::move(what), false));
}

void Complaints::warning(const toml::source_position& at, std::string what) {
    warnings_.push_back(make_problem(file_, at, std::move(what), true));
}

namespace {

Problems in_order(Problems problems) {
    std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return problems;
}

}  // namespace

Problems Complaints::take_errors() { return in_order(std::exchange(errors_, {})); }
Problems Complaints::take_warnings() { return in_order(std::exchange(warnings_, {})); }

}  // namespace fdnprobe::config
