// The questions that make a site file, and what comes of the answers. Who answers, and what is known of this host, come
// from outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/site_text.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe::app {

/// Whoever answers.
class Conversation {
  public:
    Conversation() = default;
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    virtual ~Conversation() = default;

    /// A line, or several.
    virtual void say(std::string_view text) = 0;
    /// What is typed behind the question, without blanks around it; nothing once nobody answers any more.
    virtual std::optional<std::string> ask(std::string_view question) = 0;
    /// The same, and what is typed is not shown.
    virtual std::optional<std::string> ask_secret(std::string_view question) = 0;
};

/// What the questions suggest.
struct Suggestion {
    std::string host;
    std::string why;  ///< "the default gateway"
};

/// What is known of the host that this is.
class Neighbourhood {
  public:
    Neighbourhood() = default;
    Neighbourhood(const Neighbourhood&) = delete;
    Neighbourhood& operator=(const Neighbourhood&) = delete;
    virtual ~Neighbourhood() = default;

    [[nodiscard]] virtual std::string host_name() const = 0;
    /// The names that a peer is likely to have here, as far as DNS knows one of them; for the product, the gateway.
    [[nodiscard]] virtual std::optional<Suggestion> suggest(const std::string& peer, bool product) const = 0;
    [[nodiscard]] virtual std::vector<std::string> resolvers() const = 0;
    [[nodiscard]] virtual bool is_file(const std::string& path) const = 0;
};

/// A peer, or the product itself, whose address the chosen tables need.
struct WantedPeer {
    std::string name;
    bool product = false;               ///< it is what the incoming rows are probed at
    std::vector<std::string> purposes;  ///< of its rows
};
[[nodiscard]] std::vector<WantedPeer> wanted_peers(const std::vector<Table>& tables);

/// What would be asked, one a line.
[[nodiscard]] std::vector<std::string> questions(const std::vector<Table>& tables);

/// A file that has to be made before the site file can be used.
struct NewSecret {
    std::string name;   ///< as in [secrets]
    std::string path;   ///< as it can be opened from here
    std::string value;  ///< empty: a key, which nobody has to know by heart
};

struct Answers {
    config::SiteDraft draft;
    std::vector<NewSecret> secrets;
};

/// Asks. `folder` is where the site file will be, which its paths are relative to; with a '/' at its end, or empty.
/// Nothing where nobody answers any more.
[[nodiscard]] std::optional<Answers> ask_for_site(Conversation& conversation, const Neighbourhood& neighbourhood,
                                                  const std::vector<Table>& tables, const std::string& folder);

}  // namespace fdnprobe::app
