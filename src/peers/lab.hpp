// The lab: an emulated peer on loopback for every endpoint that the chosen tables name, with faults that can be
// switched on. It needs no privilege and no fixed port, and is reached through an ordinary site file, so that what is
// tested with it is the program as it is.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/row.hpp"
#include "net/context.hpp"
#include "peers/scenario.hpp"

namespace fdnprobe::peers {

class Lab {
  public:
    /// Starts the peers of the tables' rows; the text says why it could not.
    [[nodiscard]] static Expected<std::unique_ptr<Lab>, std::string> start(net::Context& context,
                                                                           const std::vector<Table>& tables,
                                                                           Scenario scenario);
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;
    /// Removes the files that the site file names.
    ~Lab();

    /// The site file that reaches the peers.
    [[nodiscard]] const std::string& site() const { return site_; }

  private:
    struct Keys;
    Lab();

    std::string directory_;  ///< holds the certificates of the lab's authorities
    std::unique_ptr<Keys> keys_;
    std::string site_;

    friend class LabBuilder;  // starts the services
};

}  // namespace fdnprobe::peers
