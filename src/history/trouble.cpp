#include "history/trouble.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.hpp"

namespace fdnprobe::history {
namespace {

std::string shown(const std::string& file) { return printable(file.empty() ? "the history in memory" : file); }

std::string folder_of(const std::string& file) {
    const std::string folder = std::filesystem::path(file).parent_path().string();
    return folder.empty() ? "." : folder;
}

bool no_space(int system_error) { return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG; }

Trouble unusable(std::string what) { return {Trouble::Kind::unusable, std::move(what)}; }

Trouble full(const std::string& file, int system_error) {
    return {Trouble::Kind::full,
            fmt::format("{}: no space is left for the history{}. Make some, or keep less ([history] in the site file); "
                        "recording goes on by itself then.",
                        shown(file),
                        system_error == 0 ? std::string() : fmt::format(" ({})", std::strerror(system_error)))};
}

}  // namespace

Trouble unreachable(const std::string& file, int system_error) {
    if (no_space(system_error)) return full(file, system_error);
    const std::string folder = printable(folder_of(file));
    switch (system_error) {
        case ENOENT:
            return unusable(
                fmt::format("{}: the folder {} does not exist. Make it, writable for the user that "
                            "fdnprobe runs as.",
                            shown(file), folder));
        case EISDIR: return no_file(file, "a folder");
        case ENOTDIR:
            return unusable(fmt::format("{}: a part of {} is no folder. Choose another place with --history.",
                                        shown(file), folder));
        case EACCES:
        case EPERM:
            return unusable(
                fmt::format("{}: permission denied. The user that fdnprobe runs as must be able to write "
                            "the file and its folder {}: SQLite keeps two more files beside it.",
                            shown(file), folder));
        case EROFS:
            return unusable(
                fmt::format("{}: the file system is read-only. Mount it for writing, or choose another "
                            "place with --history.",
                            shown(file)));
        case EMFILE:
        case ENFILE: return {Trouble::Kind::failed, fmt::format("{}: {}.", shown(file), std::strerror(system_error))};
        default:
            return unusable(
                fmt::format("{}: cannot be opened{}. Choose another place with --history.", shown(file),
                            system_error == 0 ? std::string() : fmt::format(": {}", std::strerror(system_error))));
    }
}

Trouble no_file(const std::string& file, std::string_view what) {
    return unusable(fmt::format("{}: is {}, and a history is a file. Name a file, such as {}.", shown(file), what,
                                printable((std::filesystem::path(folder_of(file)) / "history.db").string())));
}

Trouble absent(const std::string& file) {
    return unusable(fmt::format("{}: there is no history. 'fdnprobe watch --history {}' begins one.", shown(file),
                                shell_word(printable(file))));
}

Trouble foreign(const std::string& file) {
    return unusable(
        fmt::format("{}: is a database of another program, and is left as it is. Name another file.", shown(file)));
}

Trouble newer(const std::string& file, int schema, int known) {
    return unusable(
        fmt::format("{}: was written by a newer fdnprobe (schema {}; this one knows {}), and is left as it "
                    "is. Use that version, or name another file.",
                    shown(file), schema, known));
}

Trouble older(const std::string& file, int schema, int known) {
    return unusable(
        fmt::format("{}: was written by an older fdnprobe (schema {}; this one reads {}). 'fdnprobe watch' "
                    "brings it up to date when it starts.",
                    shown(file), schema, known));
}

Trouble not_upgraded(const std::string& file, int schema, const Trouble& why) {
    return {why.kind, fmt::format("{}: was written by an older fdnprobe (schema {}) and could not be brought up to "
                                  "date; it is as it was before. {}",
                                  shown(file), schema, why.what)};
}

Trouble damaged(const std::string& file, std::string_view how) {
    const std::string name = shell_word(printable(file));
    return {Trouble::Kind::damaged,
            fmt::format("{}: is damaged ({}). Move it away ('mv {} {}.damaged'; {}-wal and {}-shm too) and a "
                        "new one is begun; 'sqlite3 {}.damaged .recover' gets out what is left.",
                        shown(file), printable(how, 200), name, name, name, name, name)};
}

Trouble moved(const std::string& file) {
    return {Trouble::Kind::failed,
            fmt::format("{}: was moved or removed while it was being written, and the run is not in it. A new one is "
                        "begun with the next.",
                        shown(file))};
}

Trouble trouble_of(const std::string& file, int code, int system_error, std::string_view message) {
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return {Trouble::Kind::busy, fmt::format("{}: another process holds it (a backup, a second watch, a "
                                                     "database tool). It is tried again.",
                                                     shown(file))};
        case SQLITE_FULL: return full(file, system_error == 0 || !no_space(system_error) ? 0 : system_error);
        case SQLITE_CORRUPT: return damaged(file, message);
        case SQLITE_NOTADB:
            return unusable(
                fmt::format("{}: is no history, but some other kind of file, and is left as it is. Name "
                            "another file.",
                            shown(file)));
        case SQLITE_READONLY:
        case SQLITE_PERM: return unreachable(file, system_error == EROFS ? EROFS : EACCES);
        case SQLITE_CANTOPEN: return unreachable(file, system_error);
        case SQLITE_IOERR:
            if (no_space(system_error)) return full(file, system_error);
            // The memory that readers and the writer share is a file too.
            if (code == SQLITE_IOERR_SHMSIZE) return full(file, 0);
            return {Trouble::Kind::failed,
                    fmt::format("{}: the disk did not do what it was asked ({}{}).", shown(file), printable(message),
                                system_error == 0 ? std::string() : fmt::format("; {}", std::strerror(system_error)))};
        default:
            return {Trouble::Kind::failed,
                    fmt::format("{}: SQLite failed: {} (code {}).", shown(file), printable(message), code)};
    }
}

}  // namespace fdnprobe::history
