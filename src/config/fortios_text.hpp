// The text of a FortiOS or FortiProxy configuration, read into statements: what `show` prints, a backup, the export
// that is called YAML and is none, what a terminal's log kept of either, what somebody wrote by hand. Pure, and in time
// that is proportional to the text. Nothing of the text is ever in a message: it holds secrets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config {

/// The largest real configurations have some 30 MB; what is larger than this is a wrong file.
inline constexpr std::size_t largest_configuration = std::size_t{256} * 1024 * 1024;

/// A section (`config`) or an entry of one (`edit`).
struct ConfigurationLevel {
    bool entry = false;
    std::string name;
};

enum class ConfigurationVerb : std::uint8_t {
    config,    ///< a section is opened; it is the last level of the place
    edit,      ///< an entry is opened; it is the last level of the place
    set,       ///< the words are the key's value
    append,    ///< the words are added to the key's list
    unset,     ///< the key is empty, or has its default
    unselect,  ///< the words are taken out of the key's list
    remove,    ///< the entry `key` of this section goes
    purge,     ///< all entries of this section go
    rename,    ///< the entry `key` gets the name that is the last word
    clone,     ///< the entry `key` again, under the name that is the last word
};

/// One statement of a wanted section, with what is around it.
struct ConfigurationStatement {
    ConfigurationVerb verb = ConfigurationVerb::set;
    std::span<const ConfigurationLevel> place;  ///< outermost first; `global` and `vdom` are levels like others
    std::string key;
    std::vector<std::string> words;
    int line = 0;
    int column = 0;  ///< in characters, from 1
};

using ConfigurationSink = std::function<void(const ConfigurationStatement&)>;

/// What a configuration says of itself before its first section, and how it was read.
struct ConfigurationText {
    bool header = false;    ///< it begins as whole backups and a whole `show` do
    bool one_vdom = false;  ///< its header says that it is the part of one VDOM
    std::string platform;   ///< `FGVM64`, as in `#config-version=`; or a model as `get system status` prints it
    std::string version;    ///< `7.2.11`; 5.02 as 5.2
    bool yaml = false;
    bool template_words = false;     ///< it has variables of a template
    std::size_t sections = 0;        ///< how many it opens, wanted or not
    std::optional<Problem> cut_off;  ///< it ends inside a section or a value
    std::size_t steps = 0;           ///< characters looked at: what the time is proportional to
    Problems warnings;
};

/// What stands in for a configuration's text and cannot be read, and what to export instead: encrypted, compressed,
/// not UTF-8, binary, another kind of file. Nothing where it may be one.
[[nodiscard]] std::optional<Problem> find_unreadable(std::string_view text, const std::string& file);

/// Reads the statements of the sections `wanted` (each as `config` names it: `system central-management`), and hands
/// them to `sink` as they come. `config` may shorten their words, as people do.
[[nodiscard]] ConfigurationText read_configuration_text(std::string_view text, const std::string& file,
                                                        std::span<const std::string_view> wanted,
                                                        const ConfigurationSink& sink);

}  // namespace fdnprobe::config
