// One TOML table of a file as its reader sees it: the reader asks for the keys that it knows, each with its type, and
// what it never asked for is unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/document.hpp"
#include "config/toml.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {

/// A string, and where it is written.
struct Text {
    std::string value;
    toml::source_position at;
};

/// The pairs of a table in the order of the file; toml++ has them in the order of the alphabet.
[[nodiscard]] std::vector<std::pair<const toml::key*, const toml::node*>> in_file_order(const toml::table& table);

/// "a string", "an array", …
[[nodiscard]] std::string_view type_name(const toml::node& node);

class Section {
  public:
    /// `name` is for messages: "a row", "[network]".
    Section(const toml::table& table, std::string name, Complaints& complaints);

    [[nodiscard]] toml::source_position begin() const { return table_.source().begin; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
    /// Where the key itself is written.
    [[nodiscard]] toml::source_position key_position(std::string_view key) const;

    /// Makes the key a known one; nullptr when the file does not have it.
    const toml::node* node(std::string_view key);
    std::optional<Text> text(std::string_view key);
    /// Missing or blank is a mistake.
    std::optional<Text> needed_text(std::string_view key);
    /// An array of strings, each where it stands; nothing when the key is missing or is something else.
    std::optional<std::vector<Text>> texts(std::string_view key);
    /// The same, or a single string.
    std::optional<std::vector<Text>> one_or_more_texts(std::string_view key);
    const toml::table* table(std::string_view key);
    /// The tables of `[[key]]`.
    std::vector<const toml::table*> tables(std::string_view key);

    /// One of a few words.
    template <class Value, std::size_t count>
    std::optional<Value> choice(std::string_view key, const std::pair<std::string_view, Value> (&words)[count]) {
        const auto written = text(key);
        if (!written) return std::nullopt;
        return chosen(key, *written, words);
    }
    template <class Value, std::size_t count>
    std::optional<Value> chosen(std::string_view key, const Text& written,
                                const std::pair<std::string_view, Value> (&words)[count]) {
        std::vector<std::string> names;
        for (const auto& [word, value] : words) {
            if (word == written.value) return value;
            names.emplace_back(word);
        }
        not_a_choice(key, written, names);
        return std::nullopt;
    }

    /// "SUBJECT must be EXPECTED, not a TYPE".
    void wrong_type(const std::string& subject, const toml::node& found, std::string_view expected);
    /// A key that nobody asked for.
    struct UnknownKey {
        std::string_view key;
        const toml::node* value;
    };
    [[nodiscard]] std::vector<UnknownKey> unknown() const;
    /// The keys asked for so far.
    [[nodiscard]] const std::vector<std::string>& known() const { return known_; }
    void refuse(const UnknownKey& key);
    /// Ends the reading: every unknown key is a mistake.
    void refuse_unknown();

    Complaints& complaints() { return complaints_; }

  private:
    /// `subject` begins the message when it is no string: "`id`", "every element of `hosts`".
    std::optional<Text> string_of(const std::string& subject, const toml::node& node, std::string_view expected);
    std::optional<std::vector<Text>> elements(std::string_view key, const toml::array& array);
    void not_a_choice(std::string_view key, const Text& written, std::vector<std::string> names);

    const toml::table& table_;
    std::string name_;
    Complaints& complaints_;
    std::vector<std::string> known_;
};

/// Reads the document's `schema`. False when it is a file of another kind or another version, whose other keys would
/// only be misunderstood.
[[nodiscard]] bool check_schema(Section& top, std::string_view expected);

}  // namespace fdnprobe::config
