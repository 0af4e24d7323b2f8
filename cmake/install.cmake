# SPDX-License-Identifier: GPL-2.0-only
# What `cmake --install` puts in place beside the program: libswapscope and its headers, man pages,
# completion, documentation.  docs/library.md says what is promised about the library.

# A header that declares something for users of the library makes it visible ("#pragma GCC
# visibility"); everything else is hidden (-fvisibility=hidden).  tests/install.sh compares.
set(HEADERS
  core/bytes.h core/kernel.h core/probe.h core/property.h core/reference.h core/size.h core/step.h
  core/world.h core/certificate/certificate.h core/explore/explore.h core/explore/outlook.h
  core/explore/witness.h core/live/live.h
  core/scenario/scenario.h core/scenario/schedule.h core/scenario/task.h core/verify/verify.h
  traces/row.h traces/trace.h traces/types.h
  traces/capture/capture.h traces/capture/meta.h traces/capture/probes.h
  traces/capture/story_rows.h traces/pack/pack.h traces/query/query.h
  traces/read/lens.h traces/read/read.h traces/read/rows.h
  traces/write/live.h traces/write/note.h traces/write/rows.h traces/write/write.h
  replay/check.h replay/cause/cause.h replay/conform/conform.h replay/diff/diff.h
  replay/explain/explain.h replay/figure/figure.h replay/figure/columns.h
  replay/hand/hand.h replay/hand/until.h replay/monitor/monitor.h replay/shorten/shorten.h
  replay/matrix/matrix.h replay/pair/align.h replay/pair/align_life.h replay/pair/repair.h
  replay/record/record.h replay/story/story.h replay/why/proof.h replay/why/rules.h
  replay/why/why.h)

add_library(libswapscope SHARED
            $<TARGET_OBJECTS:core> $<TARGET_OBJECTS:traces> $<TARGET_OBJECTS:replay>)
target_link_libraries(libswapscope PRIVATE PkgConfig::CORE PkgConfig::TRACES Threads::Threads)
set(SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
configure_file(cmake/libswapscope.map.in libswapscope.map @ONLY)
# Names have no prefix: a function of the user's is never called in the place of ours.
target_link_options(libswapscope PRIVATE -Wl,-Bsymbolic-functions -Wl,-z,defs
                    -Wl,--version-script=${CMAKE_BINARY_DIR}/libswapscope.map)
set_target_properties(libswapscope PROPERTIES OUTPUT_NAME swapscope
                      VERSION ${PROJECT_VERSION} SOVERSION ${SOVERSION}
                      LINK_DEPENDS ${CMAKE_BINARY_DIR}/libswapscope.map)

# Debian has libraries of an architecture in folders of their own, under any prefix.
if(CMAKE_LIBRARY_ARCHITECTURE AND EXISTS /etc/debian_version)
  set(CMAKE_INSTALL_LIBDIR lib/${CMAKE_LIBRARY_ARCHITECTURE} CACHE PATH "where libraries go")
endif()
include(GNUInstallDirs)
set(DOC ${CMAKE_INSTALL_DOCDIR})
install(TARGETS swapscope libswapscope)
foreach(header IN LISTS HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/swapscope/${folder})
endforeach()

# Where it is installed, which may not be where it was configured for, is seen from the .pc.
file(RELATIVE_PATH INCLUDE_FROM_PC ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
     ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/swapscope.pc.in swapscope.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/swapscope.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Section 1 is printed by the program, section 5 is made of the formats' pages.
find_program(AWK NAMES awk gawk mawk)
if(CMAKE_CROSSCOMPILING OR NOT AWK)
  message(STATUS "no man pages: they need awk, and to run the program")
else()
  set(FORMATS docs/certificate-format.md docs/deck-format.md docs/scenario-format.md docs/trace-format.md)
  add_custom_command(OUTPUT man.stamp
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:swapscope> -DAWK=${AWK}
            "-DDATE=${SWAPSCOPE_DATE}" -P ${CMAKE_SOURCE_DIR}/cmake/man.cmake
    DEPENDS swapscope cmake/man.cmake cmake/man5.awk ${FORMATS} VERBATIM)
  add_custom_target(man ALL DEPENDS man.stamp)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
endif()

set(SHARE ${CMAKE_INSTALL_DATADIR})
install(FILES scripts/completion/swapscope.bash RENAME swapscope
        DESTINATION ${SHARE}/bash-completion/completions)
install(FILES scripts/completion/_swapscope DESTINATION ${SHARE}/zsh/site-functions)
install(FILES scripts/completion/swapscope.fish DESTINATION ${SHARE}/fish/vendor_completions.d)

file(GLOB DOCS CONFIGURE_DEPENDS docs/*.md)
file(GLOB NEWS CONFIGURE_DEPENDS NEWS NEWS.md)
install(FILES README.md LICENSE ${NEWS} DESTINATION ${DOC})
install(FILES ${DOCS} DESTINATION ${DOC}/docs)
install(FILES traces/schema.sql DESTINATION ${DOC}/traces)	# docs/trace-format.md refers to it
install(FILES ${DECKS} DESTINATION ${DOC}/examples/decks)
install(FILES ${CLAIMS} DESTINATION ${DOC}/examples/claims)
install(FILES ${SCENARIOS} examples/shortest.c examples/read_trace.py DESTINATION ${DOC}/examples)
