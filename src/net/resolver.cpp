#include "net/resolver.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/ares_channel.hpp"
#include "net/condition.hpp"
#include "net/hosts_file.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::net {

namespace dns = wire::dns;

namespace {

/// The head start that each server has on the next: more than a resolver that has to ask around takes as a rule, and
/// little beside a stage's budget. A device that asks them in turn waits for seconds.
constexpr auto head_start = std::chrono::milliseconds(300);
/// How long the other servers are waited for when one has given an answer that is not to be trusted.
constexpr auto second_opinion_wait = std::chrono::milliseconds(1000);
/// How long, when there is no way to any server: what is out will hardly come back.
constexpr auto hopeless_wait = std::chrono::milliseconds(300);

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

bool is_link_local(const SocketAddress& server) {
    const auto& bytes = server.address.bytes();
    return server.address.family() == Family::ipv6 && bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80;  // RFC 4291, 2.4
}

}  // namespace

/// One name, being looked up: up to two questions, A and AAAA, at one server after the other.
struct Resolver::Lookup {
    Lookup(Context& shared, std::string what, bool is_public_name, Clock::duration budget)
        : context(shared), name(std::move(what)), is_public(is_public_name), finished(shared), limit(began + budget) {}

    /// A server, as far as this name goes.
    struct Server {
        std::vector<int> out;   ///< types that it was asked for and has not answered
        bool hopeless = false;  ///< a question has failed for want of a way there
    };

    Event& note(What what, int code = 0, int detail = 0, std::string text = {}) {
        Event& event = resolution->evidence.emplace_back();
        event.at = context.now();
        event.stage = Stage::resolve;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.text = std::move(text);
        return event;
    }

    [[nodiscard]] bool is_out(int type) const {
        return std::any_of(servers.begin(), servers.end(), [type](const Server& server) {
            return std::find(server.out.begin(), server.out.end(), type) != server.out.end();
        });
    }

    void wait_no_longer_than(Clock::duration span) {
        limit = std::min(limit, Clock::now() + span);
        finished.announce();
    }

    void finish() {
        done = true;
        // Where nobody has better ones, they are what the servers say.
        for (const auto& [type, address] : distrusted)
            if (std::find(unsettled.begin(), unsettled.end(), type) != unsettled.end())
                resolution->addresses.push_back(address);
        resolution->took = Clock::now() - began;
        finished.announce();
    }

    Context& context;
    std::string name;
    bool is_public;
    Condition finished;
    std::shared_ptr<Resolution> resolution = std::make_shared<Resolution>();
    Clock::time_point began = Clock::now();
    Clock::time_point limit;
    Clock::time_point next_server = Clock::time_point::max();  ///< when the next one is asked, whatever comes
    std::vector<int> unsettled;                                ///< types that no server has settled
    std::vector<Server> servers;                               ///< those that were asked
    std::vector<std::pair<int, Address>> distrusted;           ///< with the type that was asked for
    bool done = false;
};

/// A question that is out; owned by c-ares' callback.
struct Resolver::Question {
    Resolver* resolver;
    std::shared_ptr<Lookup> lookup;
    std::size_t server;
    int type;

    [[nodiscard]] AresChannel& channel() const { return *resolver->channels_[server]; }

    /// True: that settles it.
    [[nodiscard]] bool read(std::string_view bytes) const {
        const auto answer = dns::decode(bytes);
        if (!answer) {
            lookup->note(What::resolve_malformed, 0, type, answer.error());
            return false;
        }
        const std::string name = channel().answered_by(answer->id);
        lookup->note(What::resolve_rcode, answer->rcode, type, name);
        if (answer->rcode == dns::rcode_nxdomain) return true;
        if (answer->rcode != dns::rcode_noerror) return false;
        std::vector<Address> addresses;
        for (const dns::Record& record : answer->answers) {
            if (record.type != type || !record.address) continue;
            lookup->note(What::resolve_answer, 0, type, name).from = record.address;
            addresses.push_back(*record.address);
        }
        if (addresses.empty()) lookup->note(What::resolve_no_data, 0, type, name);
        const auto& distrusted = resolver->options_.distrusted;
        if (!addresses.empty() && lookup->is_public && distrusted &&
            std::all_of(addresses.begin(), addresses.end(), distrusted)) {
            for (const Address& address : addresses) lookup->distrusted.emplace_back(type, address);
            lookup->wait_no_longer_than(second_opinion_wait);
            return false;
        }
        lookup->resolution->addresses.insert(lookup->resolution->addresses.end(), addresses.begin(), addresses.end());
        return true;
    }

    void fail(int status) const {
        if (status == ARES_ETIMEOUT) {
            lookup->note(What::resolve_timeout, 0, type, resolver->name_of(server));
            return;
        }
        const auto troubles = channel().troubles();
        for (const AresChannel::Trouble& trouble : troubles) {
            if (trouble.icmp)
                lookup
                    ->note(What::icmp_error, trouble.icmp->type, trouble.icmp->code,
                           trouble.icmp->version6 ? "icmpv6" : "icmp")
                    .from = trouble.icmp->sender;
            Event& event = lookup->note(What::resolve_error, trouble.error, type, trouble.server);
            if (trouble.icmp) event.from = trouble.icmp->sender;
        }
        if (troubles.empty())
            lookup->note(What::resolve_malformed, 0, type, fmt::format("not asked: {}", ares_strerror(status)));
        lookup->servers[server].hopeless = true;
    }

    static void on_answer(void* argument, int status, int, unsigned char* bytes, int size) {
        const std::unique_ptr<Question> question(static_cast<Question*>(argument));
        if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
        Lookup& lookup = *question->lookup;
        std::erase(lookup.servers[question->server].out, question->type);
        const auto place = std::find(lookup.unsettled.begin(), lookup.unsettled.end(), question->type);
        if (lookup.done || place == lookup.unsettled.end()) return;  // another server was faster
        bool settled = false;
        if (bytes != nullptr && size > 0)
            settled =
                question->read(std::string_view(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
        else
            question->fail(status);
        if (settled)
            lookup.unsettled.erase(place);
        else
            question->resolver->ask_next(question->lookup);
        question->resolver->settle(question->lookup);
    }
};

Resolver::Resolver(Context& context, const ResolverOptions& options) : context_(context), options_(options) {
    channels_.push_back(std::make_unique<AresChannel>(context, options.servers));
    const std::vector<SocketAddress> servers = channels_.front()->server_addresses();
    if (servers.size() < 2 || std::any_of(servers.begin(), servers.end(), is_link_local)) return;
    channels_.clear();
    for (const SocketAddress& server : servers)
        channels_.push_back(std::make_unique<AresChannel>(context, std::vector<SocketAddress>{server}));
}

Resolver::~Resolver() = default;

std::string Resolver::name_of(std::size_t server) const { return joined(channels_[server]->servers()); }

std::vector<std::string> Resolver::servers() const {
    std::vector<std::string> all;
    for (const auto& channel : channels_)
        for (std::string& server : channel->servers()) all.push_back(std::move(server));
    return all;
}

std::vector<SocketAddress> Resolver::server_addresses() const {
    std::vector<SocketAddress> all;
    for (const auto& channel : channels_)
        for (const SocketAddress& server : channel->server_addresses())
            if (!is_link_local(server)) all.push_back(server);
    return all;
}

void Resolver::start(const std::shared_ptr<Lookup>& lookup) {
    if (!hosts_) hosts_ = read_hosts_file();
    for (const Address& address : find_in_hosts(*hosts_, lookup->name)) {
        if (!(address.family() == Family::ipv4 ? options_.ipv4 : options_.ipv6)) continue;
        lookup->note(What::resolve_hosts).from = address;
        lookup->resolution->addresses.push_back(address);
    }
    if (!lookup->resolution->addresses.empty()) {
        lookup->finish();
        return;
    }
    if (options_.ipv4) lookup->unsettled.push_back(dns::type_a);
    if (options_.ipv6) lookup->unsettled.push_back(dns::type_aaaa);
    ask_next(lookup);
    settle(lookup);
}

/// The next server is asked for all that is not settled yet.
void Resolver::ask_next(const std::shared_ptr<Lookup>& lookup) {
    const std::size_t server = lookup->servers.size();
    lookup->next_server = Clock::time_point::max();
    if (lookup->done || server == channels_.size()) return;
    lookup->servers.emplace_back();
    lookup->servers.back().out = lookup->unsettled;
    if (server + 1 < channels_.size()) lookup->next_server = Clock::now() + head_start;
    // The list shrinks while it is worked off: c-ares may answer from within ask().
    for (const int type : std::vector<int>(lookup->unsettled)) {
        auto question = std::make_unique<Question>(Question{this, lookup, server, type});
        channels_[server]->ask(lookup->name, type, &Question::on_answer, question.release());
    }
    lookup->finished.announce();  // whoever waits looks at the new time
}

/// Finishes what no server can say more about.
void Resolver::settle(const std::shared_ptr<Lookup>& lookup) {
    if (lookup->done) return;
    const bool all_asked = lookup->servers.size() == channels_.size();
    const bool open = std::any_of(lookup->unsettled.begin(), lookup->unsettled.end(),
                                  [&](int type) { return !all_asked || lookup->is_out(type); });
    if (!open) {
        give_up(*lookup);
        lookup->finish();
        return;
    }
    const auto lost = [](const Lookup::Server& server) { return server.hopeless || server.out.empty(); };
    const bool any_hopeless = std::any_of(lookup->servers.begin(), lookup->servers.end(),
                                          [](const Lookup::Server& server) { return server.hopeless; });
    if (all_asked && any_hopeless && std::all_of(lookup->servers.begin(), lookup->servers.end(), lost))
        lookup->wait_no_longer_than(hopeless_wait);
}

/// Says who has not answered. Where there is an address, that is who was passed over for a later server; where there is
/// none, it matters only for what nobody has settled.
void Resolver::give_up(Lookup& lookup) const {
    const bool found = !lookup.resolution->addresses.empty();
    for (const int type : {static_cast<int>(dns::type_a), static_cast<int>(dns::type_aaaa)}) {
        const bool settled =
            std::find(lookup.unsettled.begin(), lookup.unsettled.end(), type) == lookup.unsettled.end();
        if (settled && !found) continue;
        std::vector<std::string> silent;
        for (std::size_t index = 0; index < lookup.servers.size(); ++index) {
            const Lookup::Server& server = lookup.servers[index];
            const bool out = std::find(server.out.begin(), server.out.end(), type) != server.out.end();
            // The last one that was asked may only not have had its time.
            if (!out || server.hopeless || (settled && index + 1 == lookup.servers.size())) continue;
            silent.push_back(name_of(index));
        }
        if (!silent.empty()) lookup.note(What::resolve_timeout, 0, type, joined(silent));
    }
}

void Resolver::forget(const std::string& name, bool is_public, const std::shared_ptr<const Resolution>& stale) {
    const auto known = lookups_.find({name, is_public});
    if (known != lookups_.end() && known->second->resolution == stale) lookups_.erase(known);
}

Task<std::shared_ptr<const Resolution>> Resolver::resolve(std::string name, bool is_public) {
    const auto known = lookups_.find({name, is_public});
    const bool first = known == lookups_.end();
    const std::shared_ptr<Lookup> lookup =
        first ? std::make_shared<Lookup>(context_, name, is_public, options_.budget) : known->second;
    if (first) {
        lookups_.emplace(std::pair(name, is_public), lookup);
        start(lookup);
    }
    Outcome waited = Outcome::ok;
    while (!lookup->done) {
        waited = co_await lookup->finished.wait(std::min(lookup->limit, lookup->next_server));
        if (waited == Outcome::stopped || Clock::now() >= lookup->limit) break;
        if (!lookup->done && Clock::now() >= lookup->next_server) {
            ask_next(lookup);
            settle(lookup);
        }
    }
    if (!lookup->done) {
        lookup->resolution->stopped = waited == Outcome::stopped;
        if (waited != Outcome::stopped) give_up(*lookup);
        lookup->finish();
    }
    co_return lookup->resolution;
}

}  // namespace fdnprobe::net
