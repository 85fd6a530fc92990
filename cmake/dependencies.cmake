# Everything comes from the distribution's packages; `./dev` installs them.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)

pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)
add_library(c-ares INTERFACE)
target_link_libraries(c-ares INTERFACE PkgConfig::cares)

pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
add_library(nettle INTERFACE)
target_link_libraries(nettle INTERFACE PkgConfig::nettle)

# Debian's Asio and toml++ come without a CMake package.
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(asio INTERFACE)
target_include_directories(asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
# Asio finds out whether there is an aligned_alloc by a macro that is there only after some standard header; sources that
# differ in that free with one function what they allocated with another. No type here needs it.
target_compile_definitions(asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_SEPARATE_COMPILATION
    ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(asio INTERFACE Threads::Threads)

find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE_DIR})

find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)

pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
add_library(httplib INTERFACE)
target_link_libraries(httplib INTERFACE PkgConfig::httplib Threads::Threads)

pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
add_library(systemd INTERFACE)
target_link_libraries(systemd INTERFACE PkgConfig::systemd)
