#include "app/init_surroundings.hpp"

#include <netdb.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/host_name.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe::app {
namespace {

/// Whoever waits for a question has little patience for one that was not asked of them.
constexpr std::chrono::milliseconds patience{1500};
/// Ctrl-C, where the terminal does not make a signal of it.
constexpr char end_of_text = '\x03';

/// No echo while it lives. Ctrl-C arrives as a letter meanwhile: as a signal it would leave the terminal like that.
class Unseen {
  public:
    Unseen() : good_(tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!good_) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        silent.c_cc[VEOL] = end_of_text;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;
    ~Unseen() {
        if (good_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }

  private:
    termios before_{};
    bool good_;
};

std::string read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The words of a line.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!(line = trim(line)).empty()) {
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        words.emplace_back(line.substr(0, end));
        line = line.substr(end);
    }
    return words;
}

/// The full name and an address of a name that DNS or the hosts file knows.
std::optional<Suggestion> look_up(const std::string& name) {
    addrinfo hints{};
    hints.ai_flags = AI_CANONNAME | AI_ADDRCONFIG;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) return std::nullopt;
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
    std::array<char, NI_MAXHOST> address{};
    if (getnameinfo(found->ai_addr, found->ai_addrlen, address.data(), address.size(), nullptr, 0, NI_NUMERICHOST) != 0)
        return std::nullopt;
    const std::string full = found->ai_canonname == nullptr ? name : std::string(found->ai_canonname);
    const std::string host = config::host_mistake(full) ? name : lower(full);
    return Suggestion{host, fmt::format("{}, as this host's name service says", address.data())};
}

}  // namespace

bool has_terminal() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

void TerminalConversation::say(std::string_view text) { fmt::print(stderr, "{}\n", text); }

std::optional<std::string> TerminalConversation::ask(std::string_view question) {
    fmt::print(stderr, "{}", question);
    std::fflush(stderr);
    return read_line();
}

std::optional<std::string> TerminalConversation::ask_secret(std::string_view question) {
    // Before the question: who answers at once must not be seen either.
    const Unseen unseen;
    fmt::print(stderr, "{}", question);
    std::fflush(stderr);
    auto line = read_line();
    fmt::print(stderr, "\n");
    return line;
}

std::optional<std::string> TerminalConversation::read_line() {
    for (;;) {
        if (rest_.find(end_of_text) != std::string::npos) {
            interrupted_ = true;
            return std::nullopt;
        }
        if (const std::size_t end = rest_.find('\n'); end != std::string::npos) {
            const std::string line(trim(std::string_view(rest_).substr(0, end)));
            rest_.erase(0, end + 1);
            return line;
        }
        std::array<char, 4096> buffer;
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        rest_.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

/// What the threads that ask have found; it outlives those that are still asking.
struct HostNeighbourhood::Names {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t open = 0;
    std::map<std::string, Suggestion> found;  ///< by the short name
};

HostNeighbourhood::HostNeighbourhood(const std::vector<WantedPeer>& peers) : names_(std::make_shared<Names>()) {
    std::vector<std::string> asked;
    for (const WantedPeer& peer : peers)
        if (!peer.product)
            for (const std::string& name : likely_names(peer.name)) asked.push_back(name);
    names_->open = asked.size();
    for (const std::string& name : asked) {
        // getaddrinfo cannot be ended; a thread that is left behind ends with the process.
        std::thread([name, names = names_] {
            auto found = look_up(name);
            const std::lock_guard lock(names->mutex);
            if (found) names->found.emplace(name, std::move(*found));
            --names->open;
            names->changed.notify_all();
        }).detach();
    }
    std::unique_lock lock(names_->mutex);
    names_->changed.wait_for(lock, patience, [&] { return names_->open == 0; });
}

HostNeighbourhood::~HostNeighbourhood() = default;

std::string HostNeighbourhood::host_name() const {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return host.data();
}

std::optional<Suggestion> HostNeighbourhood::suggest(const std::string& peer, bool product) const {
    if (product) {
        const auto gateway = default_gateway(read_file("/proc/net/route"));
        if (!gateway) return std::nullopt;
        return Suggestion{*gateway, "where the default route of this host leads"};
    }
    const std::lock_guard lock(names_->mutex);
    for (const std::string& name : likely_names(peer))
        if (const auto found = names_->found.find(name); found != names_->found.end()) return found->second;
    return std::nullopt;
}

std::vector<std::string> HostNeighbourhood::resolvers() const { return name_servers(read_file("/etc/resolv.conf")); }

bool HostNeighbourhood::is_file(const std::string& path) const {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

std::optional<std::string> default_gateway(std::string_view routes) {
    // Interface, destination, gateway, flags, …: addresses in hexadecimal, in the order of this host's bytes.
    for (const std::string& line : split(routes, '\n')) {
        const std::vector<std::string> words = words_of(line);
        if (words.size() < 8 || words[1] != "00000000" || words[7] != "00000000" || words[2].size() != 8) continue;
        std::uint32_t number = 0;
        bool good = true;
        for (const char letter : words[2]) {
            const std::size_t digit = std::string_view("0123456789ABCDEF").find(letter);
            good = good && digit != std::string_view::npos;
            number = (number << 4U) | static_cast<std::uint32_t>(digit & 0xFU);
        }
        if (!good || number == 0) continue;
        const auto byte = [&](unsigned shift) { return static_cast<std::uint8_t>((number >> shift) & 0xFFU); };
        return Address::from_ipv4({byte(0), byte(8), byte(16), byte(24)}).to_string();
    }
    return std::nullopt;
}

std::vector<std::string> name_servers(std::string_view resolv_conf) {
    std::vector<std::string> servers;
    for (const std::string& line : split(resolv_conf, '\n')) {
        const std::vector<std::string> words = words_of(line);
        if (words.size() >= 2 && words[0] == "nameserver" && config::read_address(words[1]))
            servers.push_back(words[1]);
    }
    return servers;
}

std::vector<std::string> likely_names(std::string_view peer) {
    static const std::map<std::string, std::string, std::less<>> short_names{
        {"FortiManager", "fmg"}, {"FortiAnalyzer", "faz"}, {"FortiAuthenticator", "fac"}, {"FortiSandbox", "fsa"}};
    std::vector<std::string> names;
    // "Others" and "3rd-Party Servers" are no names of hosts.
    if (!peer.starts_with("Forti")) return names;
    names.push_back(slug(peer));
    if (const auto found = short_names.find(peer); found != short_names.end()) names.push_back(found->second);
    return names;
}

}  // namespace fdnprobe::app
