// SPDX-License-Identifier: Apache-2.0

#include "scenarios/real_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "scenarios/printable.h"

namespace scenarios {

namespace {

constexpr mode_t kFileMode = 0666;  // Less the user's mask.
constexpr mode_t kDirectoryMode = 0777;
constexpr int64_t kMostAtOnce = 1 << 30;  // One call of the system moves no more than 2 GiB.

// A descriptor that is closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

absl::Status failure(int error, std::string_view path) {
  std::string text = printable(path) + ": " + std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(text);
    case EEXIST:
      return absl::AlreadyExistsError(text);
    case ENOTEMPTY:
      return absl::FailedPreconditionError(text);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(text);
    case EIO:
      return absl::DataLossError(text);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    case EINVAL:
    case EISDIR:
    case ENAMETOOLONG:
      return absl::InvalidArgumentError(text);
    case ELOOP:  // Of O_NOFOLLOW.
      return absl::InvalidArgumentError(printable(path) + ": a symbolic link is not followed");
    default:
      return absl::UnavailableError(text);
  }
}

// Cuts the first part off a path.
std::string_view take_part(std::string_view& rest) {
  size_t slash = rest.find('/');
  std::string_view part = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return part;
}

absl::Status check_path(std::string_view path) {
  bool good = !path.ends_with('/') && path.find('\0') == std::string_view::npos;
  for (std::string_view rest = path; good && !rest.empty();) {
    std::string_view part = take_part(rest);
    good = !part.empty() && part != "." && part != "..";
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(printable(path) + ": no path inside the folder");
}

// The directory that `path` leads to from `root`, through real directories only.
absl::StatusOr<Descriptor> walk(int root, std::string_view path) {
  if (absl::Status good = check_path(path); !good.ok()) return good;
  Descriptor at(::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!at.ok()) return failure(errno, path);
  for (std::string_view rest = path; !rest.empty();) {
    std::string part(take_part(rest));
    int next = ::openat(at.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) {
      // The system says of a link only that it is no directory.
      int error = errno;
      struct stat entry;
      bool link = ::fstatat(at.get(), part.c_str(), &entry, AT_SYMLINK_NOFOLLOW) == 0 &&
                  S_ISLNK(entry.st_mode);
      return failure(link ? ELOOP : error, path);
    }
    at = Descriptor(next);
  }
  return at;
}

// The last part of a path, and the directory that it is in.
struct Place {
  Descriptor directory;
  std::string name;
};
absl::StatusOr<Place> place_of(int root, std::string_view path) {
  if (path.empty()) return absl::InvalidArgumentError("an empty path names no file");
  if (absl::Status good = check_path(path); !good.ok()) return good;
  size_t slash = path.rfind('/');
  bool at_root = slash == std::string_view::npos;
  std::string_view name = at_root ? path : path.substr(slash + 1);
  auto directory = walk(root, at_root ? "" : path.substr(0, slash));
  if (!directory.ok()) return directory.status();
  return Place{*std::move(directory), std::string(name)};
}

enum class Kind { kNothing, kFile, kDirectory, kLink, kOther };
Kind kind_of(const struct stat& entry) {
  if (S_ISREG(entry.st_mode)) return Kind::kFile;
  if (S_ISDIR(entry.st_mode)) return Kind::kDirectory;
  return S_ISLNK(entry.st_mode) ? Kind::kLink : Kind::kOther;
}
Kind kind_of(const Place& place) {
  struct stat entry;
  bool there =
      ::fstatat(place.directory.get(), place.name.c_str(), &entry, AT_SYMLINK_NOFOLLOW) == 0;
  return there ? kind_of(entry) : Kind::kNothing;
}
absl::Status no_file(Kind kind, std::string_view path) {
  if (kind == Kind::kLink) return failure(ELOOP, path);
  return absl::InvalidArgumentError(
      printable(path) + (kind == Kind::kDirectory ? ": is a directory" : ": is no regular file"));
}

template <class Call>
auto again_if_interrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

absl::Status write_all(int file, int64_t position, std::string_view bytes) {
  while (!bytes.empty()) {
    size_t most = std::min(bytes.size(), static_cast<size_t>(kMostAtOnce));
    ssize_t wrote =
        again_if_interrupted([&] { return ::pwrite(file, bytes.data(), most, position); });
    if (wrote < 0) return failure(errno, "write");
    if (wrote == 0) return absl::UnavailableError("the system wrote nothing");
    bytes.remove_prefix(static_cast<size_t>(wrote));
    position += wrote;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RealDirectory> RealDirectory::open(const std::string& folder, Mode mode) {
  int root = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return failure(errno, folder);
  return RealDirectory(root, mode);
}

RealDirectory::RealDirectory(RealDirectory&& other) noexcept
    : root_(std::exchange(other.root_, -1)),
      mode_(other.mode_),
      open_(std::exchange(other.open_, {})) {}

RealDirectory::~RealDirectory() {
  for (int file : open_) {
    if (file >= 0) ::close(file);
  }
  if (root_ >= 0) ::close(root_);
}

absl::Status RealDirectory::check_writable(std::string_view path) const {
  return mode_ == Mode::kReadWrite
             ? absl::OkStatus()
             : absl::PermissionDeniedError(printable(path) + ": the folder is open to read only");
}

absl::StatusOr<int> RealDirectory::descriptor(sim::FileId file) const {
  int64_t index = file.value();
  bool open = index >= 0 && index < static_cast<int64_t>(open_.size()) &&
              open_[static_cast<size_t>(index)] >= 0;
  if (!open) return absl::FailedPreconditionError("the file is not open");
  return open_[static_cast<size_t>(index)];
}

// --- Files ---

absl::StatusOr<sim::FileId> RealDirectory::open(std::string_view path, bool create) {
  if (create) {
    if (absl::Status allowed = check_writable(path); !allowed.ok()) return allowed;
  }
  auto place = place_of(root_, path);
  if (!place.ok()) return place.status();
  // Asked before: to open a device may do something to it.
  if (Kind kind = kind_of(*place); kind != Kind::kNothing && kind != Kind::kFile)
    return no_file(kind, path);
  // And after, as it may have been replaced; without waiting for whoever might write into a pipe.
  int flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  flags |= mode_ == Mode::kReadWrite ? O_RDWR : O_RDONLY;
  if (create) flags |= O_CREAT;
  Descriptor file(::openat(place->directory.get(), place->name.c_str(), flags, kFileMode));
  if (!file.ok()) return failure(errno, path);
  struct stat entry;
  if (::fstat(file.get(), &entry) != 0) return failure(errno, path);
  if (Kind kind = kind_of(entry); kind != Kind::kFile) return no_file(kind, path);
  auto slot = std::find(open_.begin(), open_.end(), -1);
  if (slot == open_.end()) slot = open_.insert(slot, -1);
  *slot = file.release();
  return sim::FileId(slot - open_.begin());
}

absl::Status RealDirectory::close(sim::FileId file) {
  auto number = descriptor(file);
  if (!number.ok()) return number.status();
  open_[static_cast<size_t>(file.value())] = -1;
  return ::close(*number) == 0 ? absl::OkStatus() : failure(errno, "close");
}

absl::StatusOr<int64_t> RealDirectory::size(sim::FileId file) {
  auto number = descriptor(file);
  if (!number.ok()) return number.status();
  struct stat entry;
  if (::fstat(*number, &entry) != 0) return failure(errno, "size");
  return static_cast<int64_t>(entry.st_size);
}

absl::StatusOr<absl::Cord> RealDirectory::read(sim::FileId file, int64_t position, int64_t length) {
  if (position < 0 || length < 0) return absl::InvalidArgumentError("negative position or length");
  auto end = size(file);
  if (!end.ok()) return end.status();
  length = std::min(length, *end - position);
  if (length <= 0) return absl::Cord();
  std::string bytes(static_cast<size_t>(length), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    size_t most = std::min(bytes.size() - filled, static_cast<size_t>(kMostAtOnce));
    ssize_t got = again_if_interrupted([&] {
      return ::pread(*descriptor(file), bytes.data() + filled, most,
                     position + static_cast<int64_t>(filled));
    });
    if (got < 0) return failure(errno, "read");
    if (got == 0) break;  // It became shorter meanwhile.
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return absl::Cord(std::move(bytes));
}

absl::Status RealDirectory::append(sim::FileId file, absl::Cord bytes) {
  auto end = size(file);
  if (!end.ok()) return end.status();
  return write_at(file, *end, std::move(bytes));
}

absl::Status RealDirectory::write_at(sim::FileId file, int64_t position, absl::Cord bytes) {
  if (absl::Status allowed = check_writable("write"); !allowed.ok()) return allowed;
  if (position < 0) return absl::InvalidArgumentError("negative position");
  auto number = descriptor(file);
  if (!number.ok()) return number.status();
  for (absl::string_view chunk : bytes.Chunks()) {
    absl::Status wrote = write_all(*number, position, {chunk.data(), chunk.size()});
    if (!wrote.ok()) return wrote;
    position += static_cast<int64_t>(chunk.size());
  }
  return absl::OkStatus();
}

absl::Status RealDirectory::truncate(sim::FileId file, int64_t size) {
  if (absl::Status allowed = check_writable("truncate"); !allowed.ok()) return allowed;
  if (size < 0) return absl::InvalidArgumentError("negative size");
  auto number = descriptor(file);
  if (!number.ok()) return number.status();
  int done = again_if_interrupted([&] { return ::ftruncate(*number, size); });
  return done == 0 ? absl::OkStatus() : failure(errno, "truncate");
}

absl::Status RealDirectory::sync(sim::FileId file) {
  auto number = descriptor(file);
  if (!number.ok()) return number.status();
  return ::fsync(*number) == 0 ? absl::OkStatus() : failure(errno, "sync");
}

// --- Directories ---

bool RealDirectory::exists(std::string_view path) {
  if (path.empty()) return true;
  auto place = place_of(root_, path);
  return place.ok() && kind_of(*place) != Kind::kNothing;
}

absl::Status RealDirectory::create_directory(std::string_view path) {
  if (absl::Status allowed = check_writable(path); !allowed.ok()) return allowed;
  if (path.empty()) return absl::AlreadyExistsError("the folder itself");
  auto place = place_of(root_, path);
  if (!place.ok()) return place.status();
  int made = ::mkdirat(place->directory.get(), place->name.c_str(), kDirectoryMode);
  return made == 0 ? absl::OkStatus() : failure(errno, path);
}

absl::StatusOr<std::vector<std::string>> RealDirectory::list(std::string_view directory) {
  auto at = walk(root_, directory);
  if (!at.ok()) return at.status();
  std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(at->get()), ::closedir);
  if (entries == nullptr) return failure(errno, directory);
  int number = at->release();  // The stream closes it.
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr && errno != 0) return failure(errno, directory);
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info;
    bool there = ::fstatat(number, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno == ENOENT) continue;  // It went meanwhile.
    if (!there) return failure(errno, name);
    names.push_back(S_ISDIR(info.st_mode) ? name + "/" : name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status RealDirectory::rename(std::string_view from, std::string_view to) {
  if (absl::Status allowed = check_writable(from); !allowed.ok()) return allowed;
  auto source = place_of(root_, from);
  if (!source.ok()) return source.status();
  auto target = place_of(root_, to);
  if (!target.ok()) return target.status();
  Kind moved = kind_of(*source), replaced = kind_of(*target);
  if (moved == Kind::kNothing) return failure(ENOENT, from);
  if (from == to) return absl::OkStatus();
  bool replaces_file = moved == Kind::kFile && replaced == Kind::kFile;
  if (replaced != Kind::kNothing && !replaces_file) return failure(EEXIST, to);
  int done = ::renameat(source->directory.get(), source->name.c_str(), target->directory.get(),
                        target->name.c_str());
  return done == 0 ? absl::OkStatus() : failure(errno, to);
}

absl::Status RealDirectory::remove(std::string_view path) {
  if (absl::Status allowed = check_writable(path); !allowed.ok()) return allowed;
  auto place = place_of(root_, path);
  if (!place.ok()) return place.status();
  int flags = kind_of(*place) == Kind::kDirectory ? AT_REMOVEDIR : 0;
  int done = ::unlinkat(place->directory.get(), place->name.c_str(), flags);
  return done == 0 ? absl::OkStatus() : failure(errno, path);
}

absl::Status RealDirectory::sync_directory(std::string_view path) {
  auto at = walk(root_, path);
  if (!at.ok()) return at.status();
  return ::fsync(at->get()) == 0 ? absl::OkStatus() : failure(errno, path);
}

}  // namespace scenarios
