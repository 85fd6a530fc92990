// The text of a site file, from what a device's configuration or a person's answers say of a site.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fdnprobe/row.hpp"

namespace fdnprobe::config {

/// A key of [device]; or, without a key, a comment in its place.
struct DeviceLine {
    std::string key;
    std::variant<bool, std::int64_t, std::string, std::vector<std::string>> value;
    bool assumed = false;  ///< it follows from the release's defaults; nobody wrote it down
};

/// A key of [peers].
struct PeerDraft {
    std::string name;
    std::vector<std::string> addresses;  ///< hosts
    std::map<Port, Port> ports;          ///< the table's port -> the one in use
    std::vector<std::string> remarks;    ///< comments above it
};

/// A key of [rows].
struct RowDraft {
    std::string id;                      ///< without the table's
    std::vector<std::string> addresses;  ///< HOST or HOST:PORT
    std::map<Port, Port> ports;          ///< the table's port -> the one in use
    std::string level;                   ///< "need" or "notice"; empty: as the table has it
    std::vector<std::string> remarks;    ///< comments above it
};

/// What a site file is to say. Nothing in it needs to be safe to show: site_text() sees to that.
struct SiteDraft {
    std::vector<std::string> introduction;  ///< comments at the top
    std::string name;                       ///< empty: none
    std::vector<DeviceLine> device;
    std::vector<PeerDraft> peers;
    std::vector<RowDraft> rows;
    std::vector<std::string> row_remarks;
    std::vector<std::string> resolvers;  ///< [network]
    std::string source;                  ///< [network]
    std::string interface;               ///< [network]
    std::string proxy;                   ///< [network]
    bool of_the_device = false;          ///< [network] is a comment: it is the device's, and the probe's is another
    std::vector<std::string> vantage;    ///< comments: where the probe has to stand
    std::map<std::string, std::string> secrets;  ///< [secrets]: name -> file
    std::vector<std::string> beside;             ///< comments: what the device uses and no row is about
};

/// A string of TOML, with its quotation marks, whatever `text` holds (TOML 1.0, "String").
[[nodiscard]] std::string toml_string(std::string_view text);

/// Text of any content as comment lines, `# ` in front of each: broken between words, and nothing in it ends a line.
[[nodiscard]] std::string toml_comment(std::string_view text);

[[nodiscard]] std::string site_text(const SiteDraft& draft);

}  // namespace fdnprobe::config
