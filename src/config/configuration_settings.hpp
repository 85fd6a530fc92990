// The statements of a configuration, carried out: what is set in the end, in the sections and of the keys that a site
// can be told from. Everything else, and so each secret, is never kept.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/fortios_text.hpp"

namespace fdnprobe::config {

/// Entries below a section, outermost first: `{"branch", "accounting-server", "1"}`. The section itself has none.
using ConfigurationPath = std::vector<std::string>;

struct ConfigurationValue {
    std::vector<std::string> words;
    int line = 0;
    int column = 0;
};

/// A scope is a VDOM; the empty one is of what is in none, or is global.
class ConfigurationSettings {
  public:
    /// The sections that are read, as `config` names them.
    [[nodiscard]] static std::span<const std::string_view> sections();
    /// More settings and entries than this are not kept; the largest real configurations have a tenth of it there.
    static constexpr std::size_t most = 200'000;

    /// The next statement, of a section that is read.
    void take(const ConfigurationStatement& statement);

    [[nodiscard]] const std::vector<std::string>& vdoms() const { return vdoms_; }
    [[nodiscard]] bool too_many() const { return kept_ >= most; }
    /// Whether there is such a section, and be it empty.
    [[nodiscard]] bool has(const std::string& scope, std::string_view section) const;
    /// Nothing where it is not set.
    [[nodiscard]] const ConfigurationValue* value(const std::string& scope, std::string_view section,
                                                  const ConfigurationPath& path, std::string_view key) const;
    /// The entries right below `path`, in the order of the file.
    [[nodiscard]] std::vector<ConfigurationPath> entries(const std::string& scope, std::string_view section,
                                                         const ConfigurationPath& path) const;

  private:
    struct Object {
        std::size_t order = 0;  ///< as in the file
        std::map<std::string, ConfigurationValue, std::less<>> values;
    };
    /// Of one section. What is below a path follows it.
    using Objects = std::map<ConfigurationPath, Object>;

    [[nodiscard]] static bool begins_with(const ConfigurationPath& path, const ConfigurationPath& beginning);
    static void take_out(Objects& objects, const ConfigurationPath& path, bool with_itself);
    [[nodiscard]] const Objects* find_objects(const std::string& scope, std::string_view section) const;
    [[nodiscard]] bool may_keep();
    [[nodiscard]] std::string name_of(const ConfigurationStatement& statement, std::size_t level);
    Object* object_at(Objects& objects, const ConfigurationPath& path);
    void carry_out(const ConfigurationStatement& statement, Objects& objects, ConfigurationPath path);
    void change(const ConfigurationStatement& statement, Objects& objects, const ConfigurationPath& path);
    void copy(const ConfigurationStatement& statement, Objects& objects, const ConfigurationPath& section);

    std::map<std::string, std::map<std::string, Objects, std::less<>>, std::less<>> scopes_;
    std::vector<std::string> vdoms_;
    std::map<std::size_t, std::size_t> new_entries_;  ///< by level: how many had no name yet
    std::size_t kept_ = 0;
};

}  // namespace fdnprobe::config
