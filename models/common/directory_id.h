// SPDX-License-Identifier: Apache-2.0
//
// Ids of log directories (KIP-858): one each, random, made once and kept in the directory's
// meta.properties. The controller knows the directory of every replica by it. Three ids are not
// those of a directory but say something. Source: server-common/.../common/DirectoryId.java.

#ifndef MODELS_COMMON_DIRECTORY_ID_H_
#define MODELS_COMMON_DIRECTORY_ID_H_

#include <algorithm>
#include <vector>

#include "models/common/ids.h"

namespace models {

// Was placed somewhere before directories had ids.
inline constexpr Uuid kMigratingDirectory{{0, 0}};
// The broker has several directories, and is to choose one.
inline constexpr Uuid kUnassignedDirectory{{0, 1}};
// In some directory that is offline.
inline constexpr Uuid kLostDirectory{{0, 2}};

inline bool is_reserved(const Uuid& directory) {
  return directory.words[0] == 0 && directory.words[1] < 100;
}

// Whether a replica in `directory` can be used, when these (sorted) directories of its broker are
// online. A broker that told of none is of a time before ids.
inline bool is_online(const Uuid& directory, const std::vector<Uuid>& online) {
  if (directory == kUnassignedDirectory || directory == kMigratingDirectory) return true;
  if (directory == kLostDirectory) return false;
  return online.empty() || std::binary_search(online.begin(), online.end(), directory);
}

}  // namespace models

#endif  // MODELS_COMMON_DIRECTORY_ID_H_
