# SPDX-License-Identifier: GPL-2.0-only
# `cpack` makes a Debian package of what is installed: one, for it is small, and who wants the
# library wants the program beside it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "swapscope")
set(CPACK_PACKAGE_CONTACT "swapscope maintainers <maintainers@swapscope.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "interleavings of Linux's compressed swap caching, replayed")
set(CPACK_PACKAGE_DESCRIPTION "\
A reference implementation of Linux's zswap and swap cache in which every
rule of v6.1 to v7.3 is a switch. It runs all interleavings of faults,
reclaim, writeback and swapoff, records the runs that it finds into SQLite,
every transition a row, and steps through two of them side by side. It reads
what ftrace recorded in a real kernel, and says whether the model can have
done that.

The program needs no files beside it. The library and its headers are for
programs that explore such runs, read and write them.")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/cmake/debian/triggers)
set(CPACK_SWAPSCOPE_DATE "${SWAPSCOPE_DATE}")	# for debian.cmake
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/debian.cmake)
include(CPack)
