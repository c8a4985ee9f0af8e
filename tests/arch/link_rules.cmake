# SPDX-License-Identifier: Apache-2.0
#
# Machines are linked with sim_base alone. Looks through all that a models_* target links, however
# far away; models_node is the one that may see the kernel. Fails when the tree is configured.

# reach(TARGET OUT): all targets of ours that the target links, itself left out.
function(reach target out)
  set(found "")
  set(todo ${target})
  while(todo)
    list(POP_FRONT todo next)
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(links ${next} ${property})
      foreach(link ${links})
        if(TARGET ${link} AND NOT link MATCHES "::" AND NOT link IN_LIST found)
          list(APPEND found ${link})
          list(APPEND todo ${link})
        endif()
      endforeach()
    endforeach()
  endwhile()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

get_property(targets DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
set(MACHINE_TARGETS ${targets})
list(FILTER MACHINE_TARGETS INCLUDE REGEX "^models_")
list(REMOVE_ITEM MACHINE_TARGETS models_node)
foreach(target ${MACHINE_TARGETS})
  reach(${target} reached)
  foreach(banned sim_kernel models_node scenarios)
    if(banned IN_LIST reached)
      message(FATAL_ERROR "${target} links ${banned}: machines link sim_base only (tests/arch/link_rules.cmake)")
    endif()
  endforeach()
endforeach()
reach(models_node reached)
if(NOT "sim_kernel" IN_LIST reached)
  message(FATAL_ERROR "models_node must link sim_kernel; reach() of tests/arch/link_rules.cmake no longer sees it")
endif()

# The archives that tests/arch/link_test.cc looks into; a library without sources has none.
set(MACHINE_ARCHIVES "")
foreach(target ${MACHINE_TARGETS})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND MACHINE_ARCHIVES $<TARGET_FILE:${target}>)
  endif()
endforeach()
