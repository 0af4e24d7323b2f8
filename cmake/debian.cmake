# SPDX-License-Identifier: GPL-2.0-only
# cpack runs this between installing and packing: what Debian wants where, and otherwise than we
# install it.
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
set(doc ${share}/doc/swapscope)

function(gzip)
  execute_process(COMMAND gzip -9n ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB_RECURSE pages ${share}/man/*.[15])
gzip(${pages})

file(MAKE_DIRECTORY ${share}/zsh)
file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)

file(REMOVE ${doc}/LICENSE)	# it is in /usr/share/common-licenses
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/debian/copyright ${doc}/copyright)
execute_process(COMMAND date -R -u -d ${CPACK_SWAPSCOPE_DATE} OUTPUT_VARIABLE date
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${doc}/changelog.Debian "\
swapscope (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * NEWS says what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
gzip(${doc}/changelog.Debian)

file(MAKE_DIRECTORY ${share}/lintian/overrides)
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/debian/lintian-overrides ${share}/lintian/overrides/swapscope)
