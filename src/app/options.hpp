// What the command line said, read but not yet looked up.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "judge/further.hpp"

namespace fdnprobe::app {

/// Which rows, at which addresses: for every command that works on a plan.
struct Selection {
    std::vector<std::string> targets;
    std::string site;
    std::vector<std::string> peers;
    std::vector<std::string> only;
    std::string direction = "outgoing";
    bool ipv4_only = false;
    bool ipv6_only = false;
};

/// How a report is shown.
struct Presentation {
    std::string format = "table";
    std::string output;
    bool explain = false;
    bool no_colour = false;
    bool quiet = false;
    bool verbose = false;
};

struct CheckOptions {
    Selection selection;
    Presentation presentation;
    std::optional<std::string> lab;  ///< the scenario
    double timeout = 3.5;
    std::optional<double> deadline;
    int retries = 0;
    std::size_t concurrency = 1024;
    std::optional<double> rate;
    std::vector<std::string> resolvers;
    std::vector<std::string> ca_files;
    std::string source;
    std::string interface;
    std::string proxy;
    std::string responder_key;
    bool allow_syslog_message = false;
    bool all_addresses = false;
    judge::Locate locate = judge::Locate::automatic;
    std::string learn;     ///< file to write the endpoints' identities to; empty: none
    std::string baseline;  ///< file to compare them with; empty: none
    std::string trace;     ///< file for the evidence of every check; empty: none
    std::vector<std::string> accept;
};

struct WatchOptions {
    CheckOptions check;
    std::string every;               ///< empty: the site file's, or five minutes
    std::string jitter;              ///< empty: the site file's, or a tenth
    std::string confirm;             ///< empty: the site file's, or 2/3
    std::string history;             ///< file; empty: in memory
    std::string listen;              ///< ADDRESS:PORT; empty: nothing is served
    std::string listen_token;        ///< file
    std::string listen_certificate;  ///< file
    std::string listen_key;          ///< file
    std::vector<std::string> listen_names;
    std::vector<std::string> notify;  ///< empty: the site file's
    std::string spool;                ///< folder; empty: beside the history
    bool once = false;
};

struct ListOptions {
    Selection selection;
    Presentation presentation;
    std::string interface;
    std::string proxy;
    std::string responder_key;
};

struct RespondOptions {
    std::vector<std::string> targets;
    std::string site;
    std::string direction = "both";
    std::vector<std::string> peers;
    std::vector<std::string> listen;
    std::string interface;
    std::string key;
    std::string make_key;
    std::string ready_file;
};

struct InitOptions {
    std::string config;   ///< file; `-`: standard input; empty: a person is asked
    std::string product;  ///< empty: the configuration says it
    std::string version;  ///< likewise
    std::string vdom;     ///< empty: the management VDOM
    std::vector<std::string> targets;
    std::string output;  ///< file; empty: standard output
    bool force = false;
};

struct LabOptions {
    std::vector<std::string> targets;
    std::string scenario = "clean";
};

}  // namespace fdnprobe::app
