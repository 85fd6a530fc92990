// nlohmann's JSON library. The kind of document that the reports are made of is compiled once, in json_library.cpp:
// doing that again in every file that has to do with JSON would be half of the work of compiling it.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<nlohmann::ordered_map>;
