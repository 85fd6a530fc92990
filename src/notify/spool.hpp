// A folder with what could not be delivered yet: one file for each message and receiver.
//
// A file is written under another name, flushed, renamed, and the folder flushed (its entries are what a crash would
// lose), so that whatever stands there under its final name is whole. One process at a time has the folder. Files that
// are not its own it neither reads nor removes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "notify/message.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::notify {

/// A receiver in the names of files: a digest, because what it is written as may hold a secret.
[[nodiscard]] std::string receiver_key(std::string_view receiver);

class Spool {
  public:
    struct Kept {
        std::string file;
        Message message;
    };

    /// Makes the folder where there is none. What a process that was killed left half written is removed, and what
    /// belongs to none of the receivers once it is older than `keep`. The error is a sentence.
    [[nodiscard]] static Expected<std::unique_ptr<Spool>, std::string> open(const std::string& folder,
                                                                            const std::vector<std::string>& keys,
                                                                            std::chrono::hours keep, WallMoment now);

    /// The messages of this receiver that an earlier process left, the oldest first; at most the newest `most`, the
    /// others are removed.
    [[nodiscard]] std::vector<Kept> kept(const std::string& key, std::size_t most);
    /// The name of the file, once it is on disk; the error is a clause.
    [[nodiscard]] Expected<std::string, std::string> put(const std::string& key, const Message& message);
    void remove(const std::string& file);
    /// Lets go of the folder; all of the above does nothing from then on.
    void close();

    /// What was found in the folder and left alone: sentences, escaped.
    [[nodiscard]] std::vector<std::string> remarks() const;

  private:
    Spool() = default;
    [[nodiscard]] std::string lock();
    [[nodiscard]] std::string look_through(const std::vector<std::string>& keys, std::chrono::hours keep,
                                           WallMoment now);
    void leave_alone(const std::string& file, const std::string& why);

    mutable std::mutex mutex_;
    std::string folder_;
    system::Descriptor directory_;
    system::Descriptor lock_;
    std::vector<std::string> found_;  ///< names of messages, in their order
    std::size_t of_others_ = 0;       ///< messages for receivers that are not named
    std::size_t left_alone_ = 0;
    std::string left_alone_text_;
    long last_moment_ = 0;
    unsigned serial_ = 0;
};

}  // namespace fdnprobe::notify
