#include "notify/spool.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "notify/connection.hpp"
#include "system/deleter.hpp"

namespace fdnprobe::notify {
namespace {

constexpr std::string_view lock_name = "lock";
constexpr std::string_view ending = ".message";
constexpr std::string_view half_ending = ".message.part";
/// 64 bits tell a handful of receivers apart.
constexpr std::size_t key_length = 16;
/// Milliseconds since the epoch until the year 33658.
constexpr std::size_t moment_length = 15;
constexpr std::size_t serial_length = 6;
constexpr std::size_t stem_length = key_length + 1 + moment_length + 1 + serial_length;
constexpr unsigned serials = 1'000'000;
/// Of files that are left alone so many are named.
constexpr std::size_t most_named = 3;

bool all_of_alphabet(std::string_view text, std::string_view alphabet) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

/// KEY-MOMENT-SERIAL, which sorts by key and then by age.
bool is_stem(std::string_view text) {
    return text.size() == stem_length && all_of_alphabet(text.substr(0, key_length), "0123456789abcdef") &&
           text[key_length] == '-' && all_of_alphabet(text.substr(key_length + 1, moment_length), "0123456789") &&
           text[key_length + 1 + moment_length] == '-' &&
           all_of_alphabet(text.substr(stem_length - serial_length), "0123456789");
}

bool is_message_name(std::string_view name) {
    return name.ends_with(ending) && is_stem(name.substr(0, name.size() - ending.size()));
}

bool is_half_name(std::string_view name) {
    return name.ends_with(half_ending) && is_stem(name.substr(0, name.size() - half_ending.size()));
}

std::string key_of(const std::string& name) { return name.substr(0, key_length); }

long moment_of(const std::string& name) {
    return parse_number(name.substr(key_length + 1, moment_length), 0, 999'999'999'999'999).value_or(0);
}

/// "cannot be read: Permission denied"
Unexpected<std::string> cannot(std::string_view what, int error) {
    return Unexpected<std::string>(fmt::format("cannot be {}: {}", what, error_text(error)));
}

Expected<Message, std::string> read_message(int directory, const std::string& name) {
    // A link may lead anywhere, and a named pipe would never end.
    const system::Descriptor file(openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.is_open()) return cannot("read", errno);
    struct stat status {};
    if (fstat(file.number(), &status) != 0) return cannot("read", errno);
    if (!S_ISREG(status.st_mode)) return Unexpected<std::string>("is no file");
    std::string bytes;
    std::array<char, 16384> buffer{};
    while (bytes.size() <= largest_message) {
        const ssize_t got = read(file.number(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("read", errno);
        if (got == 0) break;
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    auto message = parse_message(bytes);
    if (!message) return Unexpected<std::string>("is not a message of this program's");
    return std::move(*message);
}

/// Whether all of it is on disk; if not, errno says why.
bool write_file(int directory, const std::string& name, std::string_view bytes) {
    system::Descriptor file(
        openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return false;
    while (!bytes.empty()) {
        const ssize_t written = write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return fsync(file.number()) == 0;
}

}  // namespace

std::string receiver_key(std::string_view receiver) {
    return hex(hmac_sha256("fdnprobe spool", receiver)).substr(0, key_length);
}

Expected<std::unique_ptr<Spool>, std::string> Spool::open(const std::string& folder,
                                                          const std::vector<std::string>& keys, std::chrono::hours keep,
                                                          WallMoment now) {
    const auto mistake = [&](const std::string& what) {
        return Unexpected<std::string>(fmt::format("the spool {} {}", printable(folder), what));
    };
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return mistake("cannot be made: " + error_text(errno));
    std::unique_ptr<Spool> spool(new Spool);
    spool->folder_ = folder;
    spool->directory_ = system::Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!spool->directory_.is_open()) return mistake("cannot be read: " + error_text(errno));
    if (const std::string problem = spool->lock(); !problem.empty()) return mistake(problem);
    if (const std::string problem = spool->look_through(keys, keep, now); !problem.empty()) return mistake(problem);
    return spool;
}

std::string Spool::lock() {
    lock_ = system::Descriptor(openat(directory_.number(), std::string(lock_name).c_str(),
                                      O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, S_IRUSR | S_IWUSR));
    if (!lock_.is_open()) return "cannot be written: " + error_text(errno);
    // It goes with the process, whatever ends it.
    if (flock(lock_.number(), LOCK_EX | LOCK_NB) == 0) return "";
    return errno == EWOULDBLOCK ? "is in use by another process" : "cannot be locked: " + error_text(errno);
}

std::string Spool::look_through(const std::vector<std::string>& keys, std::chrono::hours keep, WallMoment now) {
    system::Descriptor copy(fcntl(directory_.number(), F_DUPFD_CLOEXEC, 0));
    const std::unique_ptr<DIR, system::Deleter<closedir>> stream(copy.is_open() ? fdopendir(copy.number()) : nullptr);
    if (stream == nullptr) return "cannot be read: " + error_text(errno);
    // It belongs to the stream from now on.
    [[maybe_unused]] const int number = copy.release();
    std::vector<std::string> strangers;
    while (const dirent* entry = readdir(stream.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == ".." || name == lock_name) continue;
        if (is_half_name(name)) {
            unlinkat(directory_.number(), name.c_str(), 0);
        } else if (!is_message_name(name)) {
            leave_alone(name, "is not this program's");
        } else if (std::find(keys.begin(), keys.end(), key_of(name)) == keys.end()) {
            strangers.push_back(name);
        } else {
            found_.push_back(name);
        }
    }
    std::sort(found_.begin(), found_.end());
    // Numbers begin anew with each process, so that its messages need a later moment.
    for (const std::string& name : found_) last_moment_ = std::max(last_moment_, moment_of(name) + 1);
    for (const std::string& name : strangers) {
        const auto message = read_message(directory_.number(), name);
        if (!message) {
            leave_alone(name, message.error());
        } else if (now - message->queued > keep) {
            unlinkat(directory_.number(), name.c_str(), 0);
        } else {
            ++of_others_;
        }
    }
    return "";
}

void Spool::leave_alone(const std::string& file, const std::string& why) {
    if (++left_alone_ > most_named) return;
    left_alone_text_ += fmt::format("{}{} {}", left_alone_ == 1 ? "" : ", ", printable(file, 100), why);
}

std::vector<Spool::Kept> Spool::kept(const std::string& key, std::size_t most) {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> names;
    if (directory_.is_open())
        std::copy_if(found_.begin(), found_.end(), std::back_inserter(names),
                     [&](const std::string& name) { return key_of(name) == key; });
    const std::size_t too_many = names.size() - std::min(names.size(), most);
    std::vector<Kept> kept;
    for (std::size_t index = 0; index < names.size(); ++index) {
        auto message = read_message(directory_.number(), names[index]);
        if (!message) {
            leave_alone(names[index], message.error());
        } else if (index < too_many) {
            unlinkat(directory_.number(), names[index].c_str(), 0);
        } else {
            kept.push_back({names[index], std::move(*message)});
        }
    }
    return kept;
}

Expected<std::string, std::string> Spool::put(const std::string& key, const Message& message) {
    const std::lock_guard guard(mutex_);
    if (!directory_.is_open()) return Unexpected<std::string>("is closed");
    // Never before what is there already, even when the clock was put back.
    last_moment_ = std::max(last_moment_, static_cast<long>(message.queued.time_since_epoch().count()));
    serial_ = (serial_ + 1) % serials;
    if (serial_ == 0) ++last_moment_;
    const std::string stem = fmt::format("{}-{:015}-{:06}", key, last_moment_, serial_);
    const std::string half = stem + std::string(half_ending);
    const std::string whole = stem + std::string(ending);
    const int directory = directory_.number();
    if (!write_file(directory, half, encode_message(message)) ||
        renameat(directory, half.c_str(), directory, whole.c_str()) != 0 || fsync(directory) != 0) {
        const int error = errno;
        unlinkat(directory, half.c_str(), 0);
        return cannot("written", error);
    }
    return whole;
}

void Spool::remove(const std::string& file) {
    const std::lock_guard guard(mutex_);
    if (directory_.is_open() && !file.empty()) unlinkat(directory_.number(), file.c_str(), 0);
}

void Spool::close() {
    const std::lock_guard guard(mutex_);
    directory_.close();
    lock_.close();
}

std::vector<std::string> Spool::remarks() const {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> remarks;
    if (left_alone_ > 0) {
        std::string more = left_alone_ > most_named ? fmt::format(" and {} more", left_alone_ - most_named) : "";
        remarks.push_back(fmt::format("the spool {} has files that are left alone: {}{}", printable(folder_),
                                      left_alone_text_, more));
    }
    if (of_others_ > 0)
        remarks.push_back(fmt::format("the spool {} has {} {} for receivers that are no longer named",
                                      printable(folder_), of_others_, of_others_ == 1 ? "message" : "messages"));
    return remarks;
}

}  // namespace fdnprobe::notify
