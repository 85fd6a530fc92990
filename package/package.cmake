# What is installed beside the program, and the Debian package: `cpack -G DEB`, or `./dev package`.

set(units ${CMAKE_CURRENT_SOURCE_DIR}/systemd)
# Beside the prefix, not in an architecture's folder: systemd looks in /usr/lib and in /usr/local/lib.
install(FILES ${units}/fdnprobe-watch.service ${units}/fdnprobe-check.service ${units}/fdnprobe-check.timer
    DESTINATION lib/systemd/system)
install(FILES ${units}/fdnprobe.sysusers DESTINATION lib/sysusers.d RENAME fdnprobe.conf)
install(FILES ${units}/fdnprobe.default DESTINATION ${CMAKE_INSTALL_DATADIR}/fdnprobe/examples RENAME default)
install(FILES package/site.toml.example DESTINATION ${CMAKE_INSTALL_DATADIR}/fdnprobe/examples RENAME site.toml)
install(DIRECTORY monitoring/prometheus monitoring/alertmanager monitoring/grafana kubernetes ansible
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fdnprobe PATTERN "__pycache__" EXCLUDE PATTERN "result" EXCLUDE PATTERN ".gitignore" EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME fdnprobe)
set(CPACK_PACKAGE_CONTACT "fdnprobe maintainers <fdnprobe@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "checks whether every service of a vendor's port table can be reached")
set(CPACK_PACKAGE_DESCRIPTION
"Checks each port that the port tables of FortiProxy and FortiGuard list,
in the service's own protocol, and says what stops it, where, and what to
do about it. Once, or on a schedule with a history, a page, metrics for
Prometheus and notifications.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/package/debian.cmake)
set(CPACK_FDNPROBE_PACKAGE ${CMAKE_CURRENT_SOURCE_DIR}/package)
set(CPACK_FDNPROBE_DATE ${FDNPROBE_DATE})

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)  # fdnprobe_0.1.0_amd64.deb
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, passwd")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus-node-exporter")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# Debian's own rules for maintainer scripts; CPack would keep the permissions of the checkout.
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_SOURCE_DIR}/package/postinst ${CMAKE_CURRENT_SOURCE_DIR}/package/prerm
    ${CMAKE_CURRENT_SOURCE_DIR}/package/postrm ${CMAKE_CURRENT_SOURCE_DIR}/package/conffiles)
include(CPack)
