# SPDX-License-Identifier: GPL-2.0-only
# The man pages, into man/: cmake -DPROGRAM=.. -DAWK=.. -DDATE=.. -P man.cmake
file(REMOVE_RECURSE man)
file(MAKE_DIRECTORY man/man1 man/man5)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)

execute_process(COMMAND ${PROGRAM} help --man OUTPUT_FILE man/man1/swapscope.1
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} help --complete -- "" OUTPUT_VARIABLE words
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${words}")
foreach(line IN LISTS lines)
  if(line MATCHES "^([a-z][a-z-]*)")	# the other words there are options
    execute_process(COMMAND ${PROGRAM} help --man ${CMAKE_MATCH_1}
                    OUTPUT_FILE man/man1/swapscope-${CMAKE_MATCH_1}.1 COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()

foreach(page certificate deck scenario trace)
  execute_process(COMMAND ${AWK} -v name=swapscope-${page} -v "date=${DATE}"
                          -f ${root}/cmake/man5.awk ${root}/docs/${page}-format.md
                  OUTPUT_FILE man/man5/swapscope-${page}.5 COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(TOUCH man.stamp)
