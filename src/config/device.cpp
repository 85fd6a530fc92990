#include "config/device.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/host_name.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

/// The comment that says so, behind a value.
constexpr std::string_view assumed_mark = "# assumed";

std::vector<std::string> names_of_keys() {
    std::vector<std::string> names;
    for (const DeviceKey& key : device_keys()) names.emplace_back(key.name);
    return names;
}

std::vector<std::string> quoted_words(const DeviceKey& key) {
    std::vector<std::string> words;
    for (const std::string_view word : key.words) words.push_back(in_quotes(word));
    return words;
}

std::vector<std::string> words_of(const DeviceKey& key) { return {key.words.begin(), key.words.end()}; }

bool is_word(const DeviceKey& key, std::string_view word) {
    return std::find(key.words.begin(), key.words.end(), word) != key.words.end();
}

/// The lines of a file, counted from one.
bool line_ends_with_mark(std::string_view text, toml::source_index line) {
    for (toml::source_index at = 1; at < line; ++at) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
    const std::string_view rest = trim(text.substr(0, text.find('\n')));
    return rest.ends_with(assumed_mark);
}

class DeviceReader {
  public:
    DeviceReader(const toml::table& table, std::string_view text, Complaints& complaints)
        : section_(table, "[device]", complaints), text_(text), complaints_(complaints) {}

    Device read() {
        for (const DeviceKey& key : device_keys())
            if (section_.node(key.name) != nullptr) read_key(key);
        section_.refuse_unknown();
        return std::move(device_);
    }

  private:
    void read_key(const DeviceKey& key) {
        DeviceValue value;
        const bool good = read_value(key, value);
        if (!good) return;
        value.assumed = line_ends_with_mark(text_, section_.key_position(key.name).line);
        device_.values.emplace(std::string(key.name), std::move(value));
    }

    bool read_value(const DeviceKey& key, DeviceValue& value) {
        switch (key.kind) {
            case DeviceKeyKind::flag: return read_flag(key, value);
            case DeviceKeyKind::port: return read_port(key, value);
            case DeviceKeyKind::words:
            case DeviceKeyKind::hosts: return read_list(key, value);
            case DeviceKeyKind::text:
            case DeviceKeyKind::word:
            case DeviceKeyKind::host: break;
        }
        const auto written = section_.text(key.name);
        if (!written) return false;
        const std::string word(trim(written->value));
        if (word.empty() && key.kind != DeviceKeyKind::host) {
            complaints_.error(written->at, fmt::format("{} must not be empty; leave the key out where it is not known",
                                                       in_quotes(key.name)));
            return false;
        }
        if (!word.empty() && !accept(key, word, written->at)) return false;
        if (!word.empty()) value.words.push_back(key.kind == DeviceKeyKind::host ? lower(word) : word);
        return true;
    }

    bool accept(const DeviceKey& key, const std::string& word, const toml::source_position& at) {
        if ((key.kind == DeviceKeyKind::word || key.kind == DeviceKeyKind::words) && !is_word(key, word)) {
            complaints_.error(at, fmt::format("{} is {}; expected {}{}", in_quotes(key.name), in_quotes(word),
                                              one_of(quoted_words(key)), did_you_mean(word, words_of(key))));
            return false;
        }
        if (key.kind != DeviceKeyKind::host && key.kind != DeviceKeyKind::hosts) return true;
        const auto place = parse_place(word);
        const bool named = place && !host_mistake(place->host);
        if (!named || (key.kind == DeviceKeyKind::host && !place->port)) {
            complaints_.error(at, fmt::format("{} is {}; expected {}", in_quotes(key.name), in_quotes(word),
                                              key.kind == DeviceKeyKind::host
                                                  ? "HOST:PORT, or \"\" for none"
                                                  : "HOST or HOST:PORT, with an IPv6 address that has a port in "
                                                    "square brackets"));
            return false;
        }
        return true;
    }

    bool read_list(const DeviceKey& key, DeviceValue& value) {
        value.list = true;
        const auto written = section_.texts(key.name);
        if (!written) return false;
        bool good = true;
        std::set<std::string> seen;
        for (const Text& one : *written) {
            std::string word = key.kind == DeviceKeyKind::hosts ? lower(trim(one.value)) : one.value;
            if (!accept(key, word, one.at)) {
                good = false;
            } else if (!seen.insert(word).second) {
                complaints_.error(one.at, fmt::format("{} is in this list already", in_quotes(one.value)));
                good = false;
            } else {
                value.words.push_back(std::move(word));
            }
        }
        return good;
    }

    bool read_flag(const DeviceKey& key, DeviceValue& value) {
        const toml::node& node = *section_.node(key.name);
        const auto* flag = node.as_boolean();
        if (flag == nullptr) {
            section_.wrong_type(in_quotes(key.name), node, "true or false");
            return false;
        }
        value.quoted = false;
        value.words.emplace_back(flag->get() ? "true" : "false");
        return true;
    }

    bool read_port(const DeviceKey& key, DeviceValue& value) {
        const toml::node& node = *section_.node(key.name);
        const auto* number = node.as_integer();
        if (number == nullptr) {
            section_.wrong_type(in_quotes(key.name), node, "a port number");
            return false;
        }
        value.quoted = false;
        value.words.push_back(std::to_string(number->get()));
        if (is_word(key, value.words.front())) return true;
        complaints_.error(
            node, fmt::format("{} is {}; expected {}", in_quotes(key.name), number->get(), one_of(words_of(key))));
        return false;
    }

    Section section_;
    std::string_view text_;
    Complaints& complaints_;
    Device device_;
};

/// What a condition may say of a key.
bool is_condition(const DeviceKey& key, std::string_view word) {
    if (word.starts_with('!')) word.remove_prefix(1);
    const bool open =
        key.kind == DeviceKeyKind::text || key.kind == DeviceKeyKind::host || key.kind == DeviceKeyKind::hosts;
    if (word == "set" || word == "given" || (word == "none" && open)) return open;
    switch (key.kind) {
        case DeviceKeyKind::flag: return word == "true" || word == "false";
        case DeviceKeyKind::words: return word == "all" || word == "none" || is_word(key, word);
        case DeviceKeyKind::word:
        case DeviceKeyKind::port: return is_word(key, word);
        case DeviceKeyKind::text:
        case DeviceKeyKind::host:
        case DeviceKeyKind::hosts: break;
    }
    return !word.empty();
}

std::vector<std::string> conditions_of(const DeviceKey& key) {
    std::vector<std::string> words = quoted_words(key);
    if (key.kind == DeviceKeyKind::flag) words = {"true", "false"};
    if (key.kind == DeviceKeyKind::words) words.emplace_back("`!all`");
    if (words.empty()) words = {"`set`", "`given`", "`none`", "a value"};
    return words;
}

class WhenReader {
  public:
    explicit WhenReader(Complaints& complaints) : complaints_(complaints) {}

    std::vector<DeviceCondition> read(const toml::table& table) {
        std::vector<DeviceCondition> all;
        for (const auto& [name, value] : in_file_order(table)) {
            const DeviceKey* key = find_device_key(name->str());
            if (key == nullptr) {
                const std::vector<std::string> names = names_of_keys();
                std::string hint = did_you_mean(name->str(), names);
                if (hint.empty()) hint = fmt::format("; expected {}", one_of(names));
                complaints_.error(name->source().begin,
                                  fmt::format("[device] has no key {}{}", in_quotes(name->str()), hint));
                continue;
            }
            DeviceCondition condition{std::string(key->name), {}};
            if (const auto* list = value->as_array()) {
                if (list->empty()) complaints_.error(*value, in_quotes(key->name) + " must not be empty here");
                for (const toml::node& word : *list) add(*key, word, condition);
            } else {
                add(*key, *value, condition);
            }
            all.push_back(std::move(condition));
        }
        if (table.empty()) complaints_.error(table, "a condition without any key holds for everybody; leave it out");
        return all;
    }

  private:
    void add(const DeviceKey& key, const toml::node& node, DeviceCondition& condition) {
        std::string word;
        if (const auto* text = node.as_string())
            word = text->get();
        else if (const auto* flag = node.as_boolean())
            word = flag->get() ? "true" : "false";
        else if (const auto* number = node.as_integer())
            word = std::to_string(number->get());
        else
            return complaints_.error(node, fmt::format("{} must be a string, a number, true or false, or an array of "
                                                       "those, not {}",
                                                       in_quotes(key.name), type_name(node)));
        if (!is_condition(key, word))
            return complaints_.error(node, fmt::format("{} is {}; expected {}{}", in_quotes(key.name), in_quotes(word),
                                                       one_of(conditions_of(key)), did_you_mean(word, words_of(key))));
        condition.words.push_back(std::move(word));
    }

    Complaints& complaints_;
};

}  // namespace

Device read_device(const toml::table& table, std::string_view text, Complaints& complaints) {
    return DeviceReader(table, text, complaints).read();
}

When read_when(Section& section, std::string_view key) {
    When when;
    const toml::node* written = section.node(key);
    if (written == nullptr) return when;
    WhenReader reader(section.complaints());
    if (const auto* table = written->as_table()) {
        when.any_of.push_back(reader.read(*table));
    } else if (const auto* tables = written->as_array(); tables != nullptr && !tables->empty()) {
        for (const toml::node& one : *tables) {
            if (const auto* way = one.as_table())
                when.any_of.push_back(reader.read(*way));
            else
                section.wrong_type("every element of " + in_quotes(key), one, "a table of [device] keys");
        }
    } else {
        section.wrong_type(in_quotes(key), *written, "a table of [device] keys, or an array of such tables");
    }
    return when;
}

std::string read_device_key(Section& section, std::string_view key, std::initializer_list<DeviceKeyKind> kinds) {
    const auto written = section.text(key);
    if (!written) return {};
    std::vector<std::string> able;
    for (const DeviceKey& known : device_keys())
        if (std::find(kinds.begin(), kinds.end(), known.kind) != kinds.end()) able.emplace_back(known.name);
    if (std::find(able.begin(), able.end(), written->value) != able.end()) return written->value;
    section.complaints().error(
        written->at, fmt::format("{} is {}; expected the [device] key {}{}", in_quotes(key), in_quotes(written->value),
                                 one_of(able), did_you_mean(written->value, able)));
    return {};
}

}  // namespace fdnprobe::config
