# The last step before a package is made of the installed files: what Debian has elsewhere, or in another form, than an
# own build. CPack runs it; the files are in CPACK_TEMPORARY_INSTALL_DIRECTORY.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(examples ${root}/usr/share/fdnprobe/examples)
set(documents ${root}/usr/share/doc/fdnprobe)

# Under /etc it is the administrator's: see `conffiles`.
file(MAKE_DIRECTORY ${root}/etc/default ${root}/etc/fdnprobe)
file(RENAME ${examples}/default ${root}/etc/default/fdnprobe)
file(RENAME ${examples}/site.toml ${root}/etc/fdnprobe/site.toml.example)
file(REMOVE_RECURSE ${examples})

function(compress source target)
    # Without a time in it, so that the same sources make the same package.
    execute_process(COMMAND gzip --best --no-name --stdout ${source} OUTPUT_FILE ${target} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE ${documents}/LICENSE)  # Debian has it in /usr/share/common-licenses
file(COPY_FILE ${CPACK_FDNPROBE_PACKAGE}/copyright ${documents}/copyright)
# Debian wants a changelog in a form of its own; what has changed stands in CHANGELOG.md.
execute_process(COMMAND date --utc --rfc-email --date=${CPACK_FDNPROBE_DATE} OUTPUT_VARIABLE date
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${documents}/changelog "fdnprobe (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Release ${CPACK_PACKAGE_VERSION}; CHANGELOG.md has what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
compress(${documents}/changelog ${documents}/changelog.gz)
file(REMOVE ${documents}/changelog)
compress(${root}/usr/share/man/man1/fdnprobe.1 ${root}/usr/share/man/man1/fdnprobe.1.gz)
file(REMOVE ${root}/usr/share/man/man1/fdnprobe.1)

# The permissions that a checkout happens to have are nobody's intention.
execute_process(COMMAND chmod --recursive u=rwX,go=rX ${root} COMMAND_ERROR_IS_FATAL ANY)
