#include "net/hosts_file.hpp"

#include <algorithm>
#include <fstream>

#include "base/text.hpp"

namespace fdnprobe::net {
namespace {

constexpr std::size_t most_bytes = std::size_t{8} * 1024 * 1024;

/// Takes the next word off a line.
std::string_view take_word(std::string_view& line) {
    line = trim(line);
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

std::vector<Address> find_in_hosts(std::string_view text, std::string_view name) {
    std::vector<Address> addresses;
    const std::string wanted = lower(name);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const auto address = Address::parse(take_word(line));
        if (!address) continue;
        for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
            if (lower(word) != wanted) continue;
            if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
                addresses.push_back(*address);
            break;
        }
    }
    return addresses;
}

std::string read_hosts_file() {
    std::ifstream file("/etc/hosts", std::ios::binary);
    std::string text(most_bytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
    return text;
}

}  // namespace fdnprobe::net
