#include "peers/lab.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "peers/authority.hpp"
#include "peers/emulation.hpp"
#include "peers/service.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::peers {
namespace {

constexpr std::string_view public_ca_file = "public-ca.pem";
constexpr std::string_view vendor_ca_file = "vendor-ca.pem";
constexpr std::string_view radius_secret_file = "radius.secret";
constexpr std::array failures{std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{5}};  // SERVFAIL, NXDOMAIN, REFUSED

/// One endpoint and port of the tables.
struct Endpoint {
    std::string host;
    Port port;
    std::string probe;
    std::string server_name;
    bool fortinet = false;  ///< signed by the vendor's own CA
    std::string signer;     ///< the public CA that the table expects; empty: whichever
    Direction direction = Direction::outgoing;
};

/// The host that stands for a peer's rows without a public name.
std::string unnamed_host(const std::string& peer) { return slug(peer) + ".lab.test"; }

/// Every endpoint that the lab can play: what rows of either direction lead to, but for what no loopback carries.
std::vector<Endpoint> endpoints_of(const std::vector<Table>& tables, std::set<std::string>& unnamed_peers) {
    std::vector<Endpoint> endpoints;
    std::set<std::pair<std::string, Port>> seen;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            // The name that a site gives an address to.
            const std::string& peer = row.direction == Direction::incoming ? row.product : row.peer;
            for (const CheckRule& rule : row.checks) {
                // What a device's own servers would be is for a site to say.
                if (find_emulation(rule.probe) == nullptr || !rule.host_from.empty()) continue;
                const Port port = rule.dial.value_or(rule.port);
                std::vector<std::string> hosts = rule.hosts;
                if (hosts.empty()) {
                    hosts.push_back(unnamed_host(peer));
                    unnamed_peers.insert(peer);
                }
                for (const std::string& name : hosts) {
                    const std::string host = lower(name);
                    if (!seen.emplace(host, port).second) continue;
                    endpoints.push_back(Endpoint{host, port, rule.probe, rule.server_name,
                                                 rule.trust.fortinet && !rule.trust.public_ca, rule.signer,
                                                 row.direction});
                }
            }
        }
    }
    return endpoints;
}

/// The hosts of the first row that has public names and speaks TCP: the update servers, in the shipped tables.
std::set<std::string> victims_of(const std::vector<Table>& tables) {
    std::set<std::string> victims;
    for (const Table& table : tables) {
        for (const Row& row : table.rows) {
            if (row.direction != Direction::outgoing) continue;
            for (const CheckRule& rule : row.checks)
                if (rule.port.transport == Transport::tcp && rule.skip.empty())
                    for (const std::string& host : rule.hosts)
                        if (!Address::parse(host)) victims.insert(lower(host));
            if (!victims.empty()) return victims;
        }
    }
    return victims;
}

}  // namespace

/// What the servers use for as long as they run.
struct Lab::Keys {
    Authority public_ca{"fdnprobe lab public CA", "fdnprobe lab"};
    Authority vendor_ca{"fdnprobe lab vendor CA", "fdnprobe lab"};
    Authority inspection_ca{"Corp Inspection CA", "fdnprobe lab"};
    std::map<std::string, Authority> signers;  ///< more public CAs, by the names that tables have for them
    std::list<Identity> identities;
    std::list<system::SslContext> contexts;
};

Lab::Lab() : keys_(std::make_unique<Keys>()) {}

Lab::~Lab() {
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

/// Starts one service after the other and collects the site file's lines.
class LabBuilder {
  public:
    LabBuilder(net::Context& context, const std::vector<Table>& tables, Scenario scenario)
        : context_(context), scenario_(scenario), lab_(new Lab), victims_(victims_of(tables)) {
        endpoints_ = endpoints_of(tables, unnamed_peers_);
    }

    Expected<std::unique_ptr<Lab>, std::string> build() {
        if (std::string wrong = write_certificates(); !wrong.empty()) return Unexpected<std::string>(std::move(wrong));
        std::string pins;
        for (const Endpoint& endpoint : endpoints_) {
            const bool by_resolver = victim(endpoint) && !Address::parse(endpoint.host) &&
                                     (scenario_ == Scenario::dns_failure || scenario_ == Scenario::dns_sinkhole);
            if (by_resolver) continue;
            const auto port = start(endpoint);
            if (!port) return Unexpected<std::string>(port.error());
            pins += fmt::format("\"{}:{}/{}\" = \"127.0.0.1:{}\"\n", endpoint.host, to_string(endpoint.port.transport),
                                endpoint.port.number, *port);
        }
        const auto resolver = listen_udp(context_, resolver_answers());
        if (!resolver) return Unexpected<std::string>(resolver.error());
        write_site(pins, *resolver);
        return std::move(lab_);
    }

  private:
    [[nodiscard]] bool victim(const Endpoint& endpoint) const { return victims_.contains(endpoint.host); }

    std::string write_certificates() {
        std::error_code missing;
        const std::filesystem::path parent = std::filesystem::temp_directory_path(missing);
        if (missing) {
            const char* wanted = std::getenv("TMPDIR");
            return fmt::format("the lab needs a folder for its certificates, and {} cannot be used: {}; set TMPDIR",
                               wanted == nullptr ? "/tmp" : printable(wanted), missing.message());
        }
        std::string pattern = (parent / "fdnprobe-lab-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)
            return fmt::format("the lab cannot make a folder for its certificates, {}: {}", pattern,
                               std::strerror(errno));
        lab_->directory_ = pattern;
        std::string public_cas = lab_->keys_->public_ca.certificate_pem();
        for (const Endpoint& endpoint : endpoints_) {
            if (endpoint.signer.empty()) continue;
            const auto [authority, fresh] =
                lab_->keys_->signers.try_emplace(endpoint.signer, endpoint.signer + " (fdnprobe lab)", "fdnprobe lab");
            if (fresh) public_cas += authority->second.certificate_pem();
        }
        for (const auto& [file, certificates] : {std::pair(public_ca_file, public_cas),
                                                 std::pair(vendor_ca_file, lab_->keys_->vendor_ca.certificate_pem())}) {
            const std::string path = path_of(file);
            std::ofstream out(path);
            out << certificates;
            out.close();
            if (!out) return fmt::format("the lab cannot write {}: {}", path, std::strerror(errno));
        }
        return write_secret();
    }

    /// The program refuses a secret that others can read, the lab's too.
    [[nodiscard]] std::string write_secret() const {
        const std::string path = path_of(radius_secret_file);
        const system::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
        const auto size = static_cast<ssize_t>(settings_.radius_secret.size());
        const bool written = file.is_open() && ::write(file.number(), settings_.radius_secret.data(),
                                                       settings_.radius_secret.size()) == size;
        return written ? std::string() : fmt::format("the lab cannot write {}: {}", path, std::strerror(errno));
    }

    [[nodiscard]] std::string path_of(std::string_view file) const {
        return fmt::format("{}/{}", lab_->directory_, file);
    }

    [[nodiscard]] const Authority& authority_of(const Endpoint& endpoint) const {
        if (scenario_ == Scenario::tls_inspection) return lab_->keys_->inspection_ca;
        if (endpoint.fortinet) return lab_->keys_->vendor_ca;
        return endpoint.signer.empty() ? lab_->keys_->public_ca : lab_->keys_->signers.at(endpoint.signer);
    }

    SSL_CTX* make_context(const Endpoint& endpoint) {
        const Authority& authority = authority_of(endpoint);
        Validity validity;
        if (scenario_ == Scenario::expired_certificate && victim(endpoint))
            validity = {std::chrono::hours(-24 * 20), std::chrono::hours(-24 * 2)};
        std::vector<std::string> names{endpoint.host};
        if (!endpoint.server_name.empty()) names.insert(names.begin(), endpoint.server_name);
        Identity& identity = lab_->keys_->identities.emplace_back(authority.issue(names, validity));
        // An inspecting device has no answer of the genuine issuer to staple.
        if (scenario_ == Scenario::tls_inspection) identity.staple.clear();
        return lab_->keys_->contexts.emplace_back(make_server_context(identity)).get();
    }

    Expected<std::uint16_t, std::string> start(const Endpoint& endpoint) {
        const Emulation& emulation = *find_emulation(endpoint.probe);
        if (endpoint.port.transport == Transport::udp) {
            const bool muted = scenario_ == Scenario::silent && endpoint.probe == "udp" && muted_host(endpoint.host);
            if (muted) return listen_udp(context_, [](std::string_view) { return std::string(); });
            return listen_udp(context_, emulation.answer(settings_));
        }
        if (victim(endpoint) && scenario_ == Scenario::refused) return reserve_closed_port(context_);
        if (victim(endpoint) && scenario_ == Scenario::silent) return listen_silently(context_);
        if (endpoint.direction == Direction::incoming && emulation.serve_as_device != nullptr)
            return listen_tcp(context_, nullptr, emulation.serve_as_device(settings_));
        SSL_CTX* const tls = emulation.tls(endpoint.port) ? make_context(endpoint) : nullptr;
        return listen_tcp(context_, tls, emulation.serve(settings_));
    }

    /// The first host that is asked over plain UDP goes silent, on all its ports.
    bool muted_host(const std::string& host) {
        if (muted_.empty()) muted_ = host;
        return host == muted_;
    }

    [[nodiscard]] AnswerDatagram resolver_answers() const {
        return [victims = std::vector<std::string>(victims_.begin(), victims_.end()),
                sinkhole = scenario_ == Scenario::dns_sinkhole](std::string_view query) -> std::string {
            const auto found = std::find(victims.begin(), victims.end(), asked_name(query));
            if (found == victims.end()) return fail_dns(query, 3);
            if (sinkhole) return sinkhole_dns(query);
            // Each name fails in its own way.
            return fail_dns(query, failures[static_cast<std::size_t>(found - victims.begin()) % failures.size()]);
        };
    }

    void write_site(const std::string& pins, std::uint16_t resolver) {
        std::string& site = lab_->site_;
        site = "schema = \"fdnprobe.site/1\"\nname = \"lab\"\n";
        if (!unnamed_peers_.empty()) site += "\n[peers]\n";
        for (const std::string& peer : unnamed_peers_)
            site += fmt::format("\"{}\" = [\"{}\"]\n", peer, unnamed_host(peer));
        // Of all that the lab does not play the plan knows by this that it is not elsewhere.
        std::string everything;
        for (const std::string& peer : unnamed_peers_)
            everything += fmt::format("\"{}\" = \"127.0.0.1\"\n", unnamed_host(peer));
        site += fmt::format("\n[hosts]\n{}{}\n[network]\nresolvers = [\"127.0.0.1:{}\"]\n", pins, everything, resolver);
        site += fmt::format("\n[tls]\npublic_ca_files = [\"{}\"]\nfortinet_ca_files = [\"{}\"]\n",
                            path_of(public_ca_file), path_of(vendor_ca_file));
        site += fmt::format("\n[secrets]\nradius = \"{}\"\n", path_of(radius_secret_file));
    }

    net::Context& context_;
    Scenario scenario_;
    std::unique_ptr<Lab> lab_;
    std::set<std::string> victims_;
    std::set<std::string> unnamed_peers_;
    std::vector<Endpoint> endpoints_;
    std::string muted_;
    EmulationSettings settings_{.radius_secret = "the lab's RADIUS secret"};
};

Expected<std::unique_ptr<Lab>, std::string> Lab::start(net::Context& context, const std::vector<Table>& tables,
                                                       Scenario scenario) {
    LabBuilder builder(context, tables, scenario);
    return builder.build();
}

}  // namespace fdnprobe::peers
