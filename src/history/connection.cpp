#include "history/connection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "history/trouble.hpp"

namespace fdnprobe::history {
namespace {

/// How long a lock of another process is waited for, and in which steps. A run that finds it held is kept by the watch
/// and written with the next one.
constexpr int wait_ms = 500;
constexpr int wait_step_ms = 10;

/// Up to here the whole file is looked over before it is written to. It takes about 5 ms a megabyte; larger files show
/// their damage when it is met.
constexpr off_t most_to_look_over = off_t{64} << 20U;

/// The owner writes, the group reads: what is reachable from where is nobody else's business.
constexpr mode_t file_mode = 0640;

int wait_for_lock(void* impatient, int tries) {
    if (*static_cast<const std::atomic<bool>*>(impatient) || tries * wait_step_ms >= wait_ms) return 0;
    sqlite3_sleep(wait_step_ms);
    return 1;
}

/// The name as SQLite takes it. Debian's SQLite reads "file:..." as a URI, and ":memory:" is no file at all.
std::string plain_name(const std::string& file) {
    return file.starts_with(':') || file.starts_with("file:") ? "./" + file : file;
}

/// As part of a URI (https://www.sqlite.org/uri.html): percent-encoded.
std::string uri_of(const std::string& file) {
    std::string out = file.starts_with('/') ? "file:" : "file:./";
    for (const char letter : file) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '/' || letter == '.' || letter == '-' ||
                           letter == '_';
        out += plain ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return out + "?immutable=1";
}

std::optional<Trouble> wrong_kind(const std::string& file, mode_t mode) {
    if (S_ISREG(mode)) return std::nullopt;
    return no_file(file, S_ISDIR(mode) ? "a folder" : "a device or a pipe");
}

/// Makes the file where there is none, and says why it cannot be used. An existing file is not opened here: closing it
/// would end the locks that SQLite has on it for another thread (https://www.sqlite.org/howtocorrupt.html, 2.2).
std::optional<Trouble> prepare(const std::string& file) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode);
    if (made >= 0) {
        const bool allowed = fchmod(made, file_mode) == 0;  // whatever the umask took away
        const int error = errno;
        ::close(made);
        return allowed ? std::nullopt : std::optional(unreachable(file, error));
    }
    const int error = errno;
    struct stat status {};
    if (error != EEXIST || stat(file.c_str(), &status) != 0) return unreachable(file, error == EEXIST ? errno : error);
    if (auto wrong = wrong_kind(file, status.st_mode)) return wrong;
    if (faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) != 0) return unreachable(file, errno);
    return std::nullopt;
}

std::optional<Trouble> readable(const std::string& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) {
        if (errno == ENOENT) return absent(file);
        return unreachable(file, errno);
    }
    if (auto wrong = wrong_kind(file, status.st_mode)) return wrong;
    if (faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0) return unreachable(file, errno);
    return std::nullopt;
}

/// Whether nothing is waiting to be moved from the log into the file: it may then be read without any lock.
bool log_is_empty(const std::string& file) {
    struct stat status {};
    return stat((file + "-wal").c_str(), &status) != 0 || status.st_size == 0;
}

/// Nothing: it is whole as far as that can be seen.
std::optional<Trouble> look_over(const std::string& file, SQLite::Database& database) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0 || status.st_size > most_to_look_over) return std::nullopt;
    const std::string found = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (found == "ok") return std::nullopt;
    return damaged(file, found);
}

/// What the operating system last said of one of the two files that are written. SQLite takes every failed write but
/// "no space" for a broken disk, a used-up quota too.
int file_error(sqlite3* handle, int which) {
    sqlite3_file* file = nullptr;
    int error = 0;
    if (sqlite3_file_control(handle, "main", which, static_cast<void*>(&file)) == SQLITE_OK && file != nullptr &&
        file->pMethods != nullptr)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

int system_error_of(sqlite3* handle, int code) {
    if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_READ)
        for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER})
            if (const int error = file_error(handle, which)) return error;
    return sqlite3_system_errno(handle);
}

}  // namespace

void Connection::connect(const std::string& name, int flags) {
    database_ = std::make_unique<SQLite::Database>(name, flags);
    sqlite3* handle = database_->getHandle();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, wait_for_lock, &impatient_);
}

void Connection::configure() {
    sqlite3* handle = database_->getHandle();
    // Nothing that a file brings along is run: no triggers, no views, no functions in its schema.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // A negative size is in KiB.
    database_->exec(
        "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -1024; "
        "PRAGMA temp_store = MEMORY");
}

Expected<std::unique_ptr<Connection>, Trouble> Connection::open(const std::string& file, const Settings& settings) {
    using Failed = Unexpected<Trouble>;
    if (!file.empty())
        if (auto trouble = prepare(file)) return Failed(std::move(*trouble));
    std::unique_ptr<Connection> made(new Connection(file));
    int older_schema = 0;
    try {
        made->connect(file.empty() ? ":memory:" : plain_name(file), SQLite::OPEN_READWRITE);
        made->configure();
        SQLite::Database& database = *made->database_;
        const Schema schema = schema_of(database);
        const auto known = static_cast<int>(settings.steps.size());
        if (auto trouble = objection(file, schema, known)) return Failed(std::move(*trouble));
        if (!file.empty() && !schema.fresh())
            if (auto trouble = look_over(file, database)) return Failed(std::move(*trouble));
        // Both have to be said before there is a table. A file that keeps less than before gives the space back.
        if (schema.fresh()) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
        if (!file.empty()) {
            if (const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString(); mode != "wal")
                return Failed(Trouble{Trouble::Kind::unusable,
                                      fmt::format("{}: its file system cannot share memory between processes, which "
                                                  "a history needs. Choose a local one with --history.",
                                                  file)});
            // The log is moved into the file about every megabyte, and does not stay larger than four.
            database.exec(fmt::format(
                "PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 4194304",
                settings.durable ? "FULL" : "OFF"));
        }
        if (!schema.fresh() && schema.version < known) older_schema = schema.version;
        bring_up_to_date(database, settings.steps);
    } catch (const SQLite::Exception& exception) {
        const Trouble why = made->trouble(exception);
        return Failed(older_schema > 0 ? not_upgraded(file, older_schema, why) : why);
    }
    return made;
}

Expected<std::unique_ptr<Connection>, Trouble> Connection::open_to_read(const std::string& file,
                                                                        const Settings& settings) {
    using Failed = Unexpected<Trouble>;
    if (auto trouble = readable(file)) return Failed(std::move(*trouble));
    std::unique_ptr<Connection> made(new Connection(file));
    const auto begin = [&](const std::string& name, int flags) -> std::optional<Trouble> {
        made->connect(name, flags);
        made->configure();
        const Schema schema = schema_of(*made->database_);
        const auto known = static_cast<int>(settings.steps.size());
        if (schema.fresh()) return absent(file);
        if (auto trouble = objection(file, schema, known)) return trouble;
        if (schema.version < known) return older(file, schema.version, known);
        return std::nullopt;
    };
    try {
        if (auto trouble = begin(plain_name(file), SQLite::OPEN_READONLY)) return Failed(std::move(*trouble));
    } catch (const SQLite::Exception& exception) {
        const int code = exception.getErrorCode() & 0xFF;
        const Trouble why = made->database_ == nullptr
                                ? trouble_of(file, exception.getExtendedErrorCode(), 0, exception.what())
                                : made->trouble(exception);
        // Readers of a log share memory in a file beside it. Where that cannot be made (a read-only disk, a folder of
        // another user) and there is no log, nobody is writing, and the file alone is the whole truth.
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || !log_is_empty(file)) return Failed(why);
        try {
            if (auto trouble = begin(uri_of(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI))
                return Failed(std::move(*trouble));
        } catch (const SQLite::Exception&) {
            return Failed(why);
        }
    }
    return made;
}

Trouble Connection::trouble(const SQLite::Exception& exception) const {
    const int code = exception.getExtendedErrorCode();
    const int system_error = database_ == nullptr ? 0 : system_error_of(database_->getHandle(), code);
    return trouble_of(file_, code, system_error, exception.what());
}

bool Connection::was_moved() const {
    int moved = 0;
    sqlite3_file_control(database_->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

}  // namespace fdnprobe::history
