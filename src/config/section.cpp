#include "config/section.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"

namespace fdnprobe::config {

std::vector<std::pair<const toml::key*, const toml::node*>> in_file_order(const toml::table& table) {
    std::vector<std::pair<const toml::key*, const toml::node*>> pairs;
    for (const auto& [key, value] : table) pairs.emplace_back(&key, &value);
    std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
        const toml::source_position& left = a.first->source().begin;
        const toml::source_position& right = b.first->source().begin;
        return std::tie(left.line, left.column) < std::tie(right.line, right.column);
    });
    return pairs;
}

std::string_view type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "an array";
        case toml::node_type::string: return "a string";
        case toml::node_type::integer: return "an integer";
        case toml::node_type::floating_point: return "a floating-point number";
        case toml::node_type::boolean: return "a boolean";
        case toml::node_type::date: return "a date";
        case toml::node_type::time: return "a time";
        case toml::node_type::date_time: return "a date and time";
        case toml::node_type::none: break;
    }
    return "nothing";
}

Section::Section(const toml::table& table, std::string name, Complaints& complaints)
    : table_(table), name_(std::move(name)), complaints_(complaints) {}

toml::source_position Section::key_position(std::string_view key) const {
    const auto found = table_.find(key);
    return found == table_.cend() ? begin() : found->first.source().begin;
}

const toml::node* Section::node(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    return table_.get(key);
}

void Section::wrong_type(const std::string& subject, const toml::node& found, std::string_view expected) {
    complaints_.error(found, fmt::format("{} must be {}, not {}", subject, expected, type_name(found)));
}

std::optional<Text> Section::string_of(const std::string& subject, const toml::node& node, std::string_view expected) {
    const auto* string = node.as_string();
    if (!string) {
        wrong_type(subject, node, expected);
        return std::nullopt;
    }
    // Behind a NUL the operating system's calls see nothing, so that two programs would read two values.
    if (string->get().find('\0') != std::string::npos) {
        complaints_.error(node, subject + " must not contain a NUL character");
        return std::nullopt;
    }
    return Text{string->get(), node.source().begin};
}

std::optional<Text> Section::text(std::string_view key) {
    const toml::node* found = node(key);
    if (!found) return std::nullopt;
    return string_of(in_quotes(key), *found, "a string");
}

std::optional<Text> Section::needed_text(std::string_view key) {
    const toml::node* found = node(key);
    if (!found) {
        complaints_.error(begin(), fmt::format("{} has no {}", name_, in_quotes(key)));
        return std::nullopt;
    }
    auto written = string_of(in_quotes(key), *found, "a string");
    if (written && trim(written->value).empty()) {
        complaints_.error(*found, fmt::format("{} must not be empty", in_quotes(key)));
        return std::nullopt;
    }
    return written;
}

std::optional<std::vector<Text>> Section::elements(std::string_view key, const toml::array& array) {
    std::vector<Text> list;
    bool good = true;
    for (const toml::node& element : array) {
        if (auto written = string_of("every element of " + in_quotes(key), element, "a string"))
            list.push_back(std::move(*written));
        else
            good = false;
    }
    if (!good) return std::nullopt;
    return list;
}

std::optional<std::vector<Text>> Section::texts(std::string_view key) {
    const toml::node* found = node(key);
    if (!found) return std::nullopt;
    if (const auto* array = found->as_array()) return elements(key, *array);
    wrong_type(in_quotes(key), *found, "an array of strings");
    return std::nullopt;
}

std::optional<std::vector<Text>> Section::one_or_more_texts(std::string_view key) {
    const toml::node* found = node(key);
    if (!found) return std::nullopt;
    if (const auto* array = found->as_array()) return elements(key, *array);
    auto written = string_of(in_quotes(key), *found, "a string or an array of strings");
    if (!written) return std::nullopt;
    return std::vector{std::move(*written)};
}

const toml::table* Section::table(std::string_view key) {
    const toml::node* found = node(key);
    if (!found) return nullptr;
    if (!found->is_table()) wrong_type(in_quotes(key), *found, "a table");
    return found->as_table();
}

std::vector<const toml::table*> Section::tables(std::string_view key) {
    std::vector<const toml::table*> list;
    const toml::node* found = node(key);
    if (!found) return list;
    const auto* array = found->as_array();
    if (!array) {
        wrong_type(in_quotes(key), *found, "an array of tables");
        return list;
    }
    for (const toml::node& element : *array) {
        if (const auto* table = element.as_table())
            list.push_back(table);
        else
            wrong_type("every element of " + in_quotes(key), element, "a table");
    }
    return list;
}

void Section::not_a_choice(std::string_view key, const Text& written, std::vector<std::string> names) {
    const std::string hint = did_you_mean(written.value, names);
    for (std::string& name : names) name = in_quotes(name);
    complaints_.error(written.at, fmt::format("{} is {}; expected {}{}", in_quotes(key), in_quotes(written.value),
                                              one_of(names), hint));
}

std::vector<Section::UnknownKey> Section::unknown() const {
    std::vector<UnknownKey> list;
    for (const auto& [key, value] : table_)
        if (std::find(known_.begin(), known_.end(), key.str()) == known_.end()) list.push_back({key.str(), &value});
    return list;
}

void Section::refuse(const UnknownKey& key) {
    std::string hint = did_you_mean(key.key, known_);
    if (hint.empty()) hint = fmt::format("; expected {}", one_of(known_));
    complaints_.error(key_position(key.key), fmt::format("{} has no key {}{}", name_, in_quotes(key.key), hint));
}

void Section::refuse_unknown() {
    for (const UnknownKey& key : unknown()) refuse(key);
}

namespace {

constexpr std::string_view known_schemas[][2] = {
    {"fdnprobe.table/1", "a table"},
    {"fdnprobe.site/1", "a site file"},
    {"fdnprobe.baseline/1", "a baseline"},
};

}  // namespace

bool check_schema(Section& top, std::string_view expected) {
    const auto schema = top.needed_text("schema");
    if (!schema || schema->value == expected) return true;
    std::string what = fmt::format("`schema` is {}; expected {}", in_quotes(schema->value), in_quotes(expected));
    bool same_kind = true;
    for (const auto& [name, kind] : known_schemas) {
        if (schema->value != name) continue;
        what += fmt::format(": this is {}", kind);
        same_kind = false;
    }
    const std::string_view family = expected.substr(0, expected.find('/') + 1);
    if (schema->value.starts_with(family)) {
        what += ": this version reads no other";
        same_kind = false;
    }
    top.complaints().error(schema->at, std::move(what));
    return same_kind;
}

}  // namespace fdnprobe::config
