// How the device of a site is configured, as far as that decides which checks it needs, and the conditions that tables
// set on it. The keys are those of a site file's [device] section; what they mean for a port is the tables' business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe {

/// The value of a [device] key.
struct DeviceValue {
    std::vector<std::string> words;  ///< a list's elements; of anything else the one value, none where it is empty
    bool list = false;
    bool quoted = true;    ///< text, as against a number or true and false
    bool assumed = false;  ///< the site file says so: it follows from a release's defaults, nobody has written it down
};

/// The [device] section of a site file. Keys that are not set are not known: every documented way stays open.
struct Device {
    std::map<std::string, DeviceValue, std::less<>> values;

    [[nodiscard]] bool empty() const { return values.empty(); }
    [[nodiscard]] const DeviceValue* find(std::string_view key) const;
    /// The one value of a key that is no list; empty where it is not set.
    [[nodiscard]] std::string word(std::string_view key) const;
};

/// What a [device] key holds.
enum class DeviceKeyKind : std::uint8_t {
    text,   ///< any text
    word,   ///< one of `words`
    words,  ///< a list of some of `words`
    host,   ///< HOST:PORT, or empty
    hosts,  ///< a list of HOST or HOST:PORT
    port,   ///< one of `words`, written as a number
    flag,   ///< true or false
};

struct DeviceKey {
    std::string_view name;
    DeviceKeyKind kind;
    std::span<const std::string_view> words;
    std::string_view about;    ///< one line for the manual
    std::string_view example;  ///< as it stands in a site file
};

/// All keys, in the order of the documentation.
[[nodiscard]] std::span<const DeviceKey> device_keys();
/// nullptr when there is none of that name.
[[nodiscard]] const DeviceKey* find_device_key(std::string_view name);

/// What a condition says of one key: one of these words holds. `word`: the key has this value, or its list contains it;
/// `set`, `none`: something or nothing is given; `given`: the same as `set`, and not so where the key is not set;
/// `!word`: it has any other value, or is not set; `!all`: the list leaves something out. A condition of `!word`s alone
/// wants all of them.
struct DeviceCondition {
    std::string key;
    std::vector<std::string> words;
};

/// When something applies: where all conditions of one of these sets hold. Without a set it always does.
struct When {
    std::vector<std::vector<DeviceCondition>> any_of;

    [[nodiscard]] bool empty() const { return any_of.empty(); }
};

enum class Fit : std::uint8_t {
    holds,
    undecided,  ///< it hangs on a key that is not set
    fails,
};

[[nodiscard]] Fit fit(const When& when, const Device& device);
/// `fortiguard = "unicast"`: the setting for which `when` fails, as a site file has it; empty where it does not.
[[nodiscard]] std::string conflict(const When& when, const Device& device);
/// `fortiguard = "anycast" and location = "usa"`: what `when` asks for beyond what the device is known to have.
[[nodiscard]] std::string open_question(const When& when, const Device& device);
/// A key and its value as a site file has them.
[[nodiscard]] std::string spell_setting(std::string_view key, const DeviceValue& value);

/// A host of the site's own in a [device] key, with the port that is dialled there where it is given.
struct DevicePlace {
    std::string host;  ///< lower case
    std::optional<std::uint16_t> port;
};
/// HOST, HOST:PORT, ADDRESS, [IPV6]:PORT; nothing where it is none of them.
[[nodiscard]] std::optional<DevicePlace> parse_place(std::string_view text);

/// The releases of a product, both ends included; an end that is missing is open. A bound of two numbers means all of
/// that branch: "7.6" includes 7.6.9.
struct Releases {
    std::string product;
    std::string from;
    std::string to;

    /// Reads `PRODUCT FROM-TO`, `PRODUCT FROM-`, `PRODUCT -TO`, `PRODUCT VERSION` or `PRODUCT`.
    static std::optional<Releases> parse(std::string_view text);
    [[nodiscard]] bool contains(std::string_view version) const;
    /// "FortiGate 6.2 to 7.6.2".
    [[nodiscard]] std::string to_string() const;
};

/// Advice of a table's own, for one product: a sentence, and the commands that carry it out there.
struct ProductAdvice {
    std::string say;
    std::vector<std::string> commands;  ///< one a line, as they are typed
    std::vector<Releases> releases;     ///< that have these commands; empty: all
};
/// By the code of a cause or of a verdict.
using AdviceByCode = std::map<std::string, std::vector<ProductAdvice>, std::less<>>;

/// Commands that can be pasted, and where they can be.
struct CommandBlock {
    std::string releases;  ///< "FortiGate 6.2 to 7.6.2"; empty: wherever the advice is shown
    std::vector<std::string> lines;
    friend bool operator==(const CommandBlock&, const CommandBlock&) = default;
};

}  // namespace fdnprobe
