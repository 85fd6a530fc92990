// What `init` asks through, and what it looks up to have something to suggest: the terminal, and this host's routes and
// names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/init_questions.hpp"

namespace fdnprobe::app {

/// Standard input and standard error are a person's.
[[nodiscard]] bool has_terminal();

/// Asks on standard error and reads standard input, so that standard output is free for the site file.
class TerminalConversation : public Conversation {
  public:
    void say(std::string_view text) override;
    std::optional<std::string> ask(std::string_view question) override;
    std::optional<std::string> ask_secret(std::string_view question) override;

    /// Whether it was the person who ended it, by Ctrl-C.
    [[nodiscard]] bool interrupted() const { return interrupted_; }

  private:
    std::optional<std::string> read_line();

    std::string rest_;  ///< read, and not asked for yet
    bool interrupted_ = false;
};

class HostNeighbourhood : public Neighbourhood {
  public:
    /// Asks DNS for the names that these peers are likely to have, all at once and for a moment.
    explicit HostNeighbourhood(const std::vector<WantedPeer>& peers);
    ~HostNeighbourhood() override;

    [[nodiscard]] std::string host_name() const override;
    [[nodiscard]] std::optional<Suggestion> suggest(const std::string& peer, bool product) const override;
    [[nodiscard]] std::vector<std::string> resolvers() const override;
    [[nodiscard]] bool is_file(const std::string& path) const override;

  private:
    struct Names;
    std::shared_ptr<Names> names_;
};

/// The address of the router that the default route of /proc/net/route leads to.
[[nodiscard]] std::optional<std::string> default_gateway(std::string_view routes);

/// The servers of /etc/resolv.conf.
[[nodiscard]] std::vector<std::string> name_servers(std::string_view resolv_conf);

/// The short names that somebody may have given to a peer.
[[nodiscard]] std::vector<std::string> likely_names(std::string_view peer);

}  // namespace fdnprobe::app
