#include "app/init_questions.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/key_file.hpp"
#include "base/text.hpp"
#include "config/host_name.hpp"
#include "config/proxy_url.hpp"
#include "engine/plan.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe::app {
namespace {

/// Whether it is tried at an address that only the site knows.
bool needs_address(const CheckRule& rule) {
    return rule.skip.empty() && rule.hosts.empty() && rule.port.transport != Transport::ethernet;
}

bool uses_probe(const std::vector<Table>& tables, std::string_view probe) {
    return std::any_of(tables.begin(), tables.end(), [&](const Table& table) {
        return std::any_of(table.rows.begin(), table.rows.end(), [&](const Row& row) {
            return std::any_of(row.checks.begin(), row.checks.end(),
                               [&](const CheckRule& rule) { return rule.probe == probe; });
        });
    });
}

/// The first few, so that the question stays a line.
std::string purposes_text(const WantedPeer& peer) {
    constexpr std::size_t most = 3;
    std::string out;
    for (std::size_t index = 0; index < std::min(peer.purposes.size(), most); ++index)
        out += (out.empty() ? "" : "; ") + peer.purposes[index];
    if (peer.purposes.size() > most) out += fmt::format("; and {} more", peer.purposes.size() - most);
    return printable(out);
}

std::string title(const WantedPeer& peer) {
    return fmt::format("{} ({}{})", printable(peer.name), peer.product ? "itself, for incoming rows: " : "",
                       purposes_text(peer));
}

class Questions {
  public:
    Questions(Conversation& conversation, const Neighbourhood& neighbourhood, const std::vector<Table>& tables,
              std::string folder)
        : conversation_(conversation), neighbourhood_(neighbourhood), tables_(tables), folder_(std::move(folder)) {}

    std::optional<Answers> ask() {
        answers_.draft.introduction.emplace_back("Written by `fdnprobe init` from a person's answers.");
        conversation_.say(
            "Enter alone takes what stands in [brackets]; `-` leaves a question out. Nothing is written before you "
            "have "
            "seen it.");
        if (!ask_name() || !ask_peers() || !ask_resolvers() || !ask_proxy() || !ask_secrets()) return std::nullopt;
        return std::move(answers_);
    }

  private:
    /// The answer, or what was suggested. Nothing once nobody answers.
    std::optional<std::string> take(const std::string& question, const std::string& suggested) {
        auto answer =
            conversation_.ask(fmt::format("{} [{}]: ", question, suggested.empty() ? "none" : printable(suggested)));
        if (!answer) return std::nullopt;
        if (answer->empty()) return suggested;
        return *answer == "-" ? std::string() : *answer;
    }

    bool ask_name() {
        const auto name = take("Name of this site", neighbourhood_.host_name());
        if (name) answers_.draft.name = *name;
        return name.has_value();
    }

    bool ask_peers() {
        for (const WantedPeer& peer : wanted_peers(tables_))
            if (!ask_peer(peer)) return false;
        return true;
    }

    bool ask_peer(const WantedPeer& peer) {
        const auto suggestion = neighbourhood_.suggest(peer.name, peer.product);
        conversation_.say("");
        conversation_.say(title(peer));
        if (suggestion)
            conversation_.say(fmt::format("  {} is {}", printable(suggestion->host), printable(suggestion->why)));
        for (;;) {
            const auto answer = take("  Its addresses or names, with commas between them",
                                     suggestion ? suggestion->host : std::string());
            if (!answer) return false;
            std::vector<std::string> addresses;
            if (const auto mistake = read_hosts(*answer, addresses)) {
                conversation_.say("  " + *mistake);
                continue;
            }
            if (!addresses.empty()) answers_.draft.peers.push_back({peer.name, std::move(addresses), {}, {}});
            return true;
        }
    }

    /// Why one of them is none.
    static std::optional<std::string> read_hosts(const std::string& text, std::vector<std::string>& hosts) {
        for (const std::string& part : split(text, ',')) {
            const std::string_view host = trim(part);
            if (host.empty()) continue;
            if (auto mistake = config::host_mistake(host)) return mistake;
            const std::string canonical = config::canonical_host(host);
            if (std::find(hosts.begin(), hosts.end(), canonical) == hosts.end()) hosts.push_back(canonical);
        }
        return std::nullopt;
    }

    bool ask_resolvers() {
        std::string present;
        for (const std::string& one : neighbourhood_.resolvers()) present += (present.empty() ? "" : ", ") + one;
        conversation_.say("");
        conversation_.say("Name servers to ask: those that the device asks show what it will see. This host asks " +
                          (present.empty() ? std::string("none") : printable(present)) + ".");
        for (;;) {
            const auto answer = take("  ADDRESS or ADDRESS:PORT, with commas between them", {});
            if (!answer) return false;
            answers_.draft.resolvers.clear();
            bool good = true;
            for (const std::string& part : split(*answer, ',')) {
                const std::string one(trim(part));
                if (one.empty()) continue;
                good = good && SocketAddress::parse(one, 53).has_value();
                answers_.draft.resolvers.push_back(one);
            }
            if (good) return true;
            conversation_.say("  One of them is no address.");
        }
    }

    bool ask_proxy() {
        conversation_.say("");
        for (;;) {
            const auto answer = take(fmt::format("HTTP proxy that the checks go through, {}", config::proxy_form), {});
            if (!answer) return false;
            if (answer->empty()) return true;
            if (const auto proxy = config::parse_proxy(*answer)) {
                answers_.draft.proxy = *answer;
                return proxy->user.empty() || ask_secret("proxy", "the proxy's password", "proxy.credentials");
            }
            // What was typed may be a password.
            conversation_.say(fmt::format("  Expected {}, without a password.", config::proxy_form));
        }
    }

    bool ask_secrets() {
        const bool authenticator =
            std::any_of(answers_.draft.peers.begin(), answers_.draft.peers.end(),
                        [](const config::PeerDraft& peer) { return peer.name == "FortiAuthenticator"; });
        if (authenticator && uses_probe(tables_, "radius")) {
            conversation_.say("");
            conversation_.say(
                "With the RADIUS secret of this host the server's answer can be verified; without it, most servers "
                "stay "
                "silent.");
            if (!ask_secret("radius", "the RADIUS secret", "")) return false;
        }
        conversation_.say("");
        conversation_.say(
            "A responder (`fdnprobe respond`) at the far end confirms what arrives there, and needs a key.");
        return ask_secret(std::string(responder_secret), "the responder's key, which is made where there is none", "");
    }

    /// A file for a secret: one that is there, or a new one with what is typed.
    bool ask_secret(const std::string& name, const std::string& what, const std::string& suggested) {
        for (;;) {
            const auto path = take(fmt::format("  File for {}", what), suggested);
            if (!path) return false;
            if (path->empty()) return true;
            if (printable(*path) != *path) {
                conversation_.say("  No such name, please: it could not be shown.");
                continue;
            }
            const std::string here = path->starts_with('/') ? *path : folder_ + *path;
            if (std::any_of(answers_.secrets.begin(), answers_.secrets.end(),
                            [&](const NewSecret& one) { return one.path == here; })) {
                conversation_.say("  That file is for another secret.");
                continue;
            }
            NewSecret secret{name, here, {}};
            const bool there = neighbourhood_.is_file(here);
            if (there)
                conversation_.say("  The file is there, and stays as it is.");
            else if (name != responder_secret) {
                const auto value = conversation_.ask_secret(fmt::format("  {} (not shown): ", what));
                if (!value) return false;
                if (value->empty()) continue;
                secret.value = *value;
            }
            // A bare word could be the secret itself, and the reader of site files takes it for one.
            const bool plain = path->starts_with('/') || path->starts_with("./") || path->starts_with("../");
            answers_.draft.secrets[name] = plain ? *path : "./" + *path;
            if (!there) answers_.secrets.push_back(std::move(secret));
            return true;
        }
    }

    Conversation& conversation_;
    const Neighbourhood& neighbourhood_;
    const std::vector<Table>& tables_;
    std::string folder_;
    Answers answers_;
};

}  // namespace

std::vector<WantedPeer> wanted_peers(const std::vector<Table>& tables) {
    std::vector<WantedPeer> peers;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            if (std::none_of(row.checks.begin(), row.checks.end(), needs_address)) continue;
            const std::string name = engine::endpoint_name(row);
            const bool product = row.direction == Direction::incoming;
            auto peer =
                std::find_if(peers.begin(), peers.end(), [&](const WantedPeer& one) { return one.name == name; });
            if (peer == peers.end()) peer = peers.insert(peer, WantedPeer{name, product, {}});
            peer->product = peer->product || product;
            if (std::find(peer->purposes.begin(), peer->purposes.end(), row.purpose) == peer->purposes.end())
                peer->purposes.push_back(row.purpose);
        }
    }
    // The peers first: most people check what is outgoing, and go no further.
    std::stable_partition(peers.begin(), peers.end(), [](const WantedPeer& one) { return !one.product; });
    return peers;
}

std::vector<std::string> questions(const std::vector<Table>& tables) {
    std::vector<std::string> out{"the name of this site"};
    for (const WantedPeer& peer : wanted_peers(tables))
        out.push_back(fmt::format("addresses or names: {}", title(peer)));
    out.emplace_back("name servers to ask, an HTTP proxy");
    if (uses_probe(tables, "radius")) out.emplace_back("a file for the RADIUS secret");
    out.emplace_back("a file for a responder's key");
    return out;
}

std::optional<Answers> ask_for_site(Conversation& conversation, const Neighbourhood& neighbourhood,
                                    const std::vector<Table>& tables, const std::string& folder) {
    return Questions(conversation, neighbourhood, tables, folder).ask();
}

}  // namespace fdnprobe::app
