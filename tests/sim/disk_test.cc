// SPDX-License-Identifier: Apache-2.0

#include "sim/disk.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sim {
namespace {

using namespace sim::literals;

absl::Cord filled(size_t size, char c = 'x') { return absl::Cord(std::string(size, c)); }

// A disk, a time that goes on with what operations cost, and short names for calls that must
// succeed.
struct Bench {
  explicit Bench(const DiskSpec& spec = {}, uint64_t seed = 1) : disk(spec), rng(seed) {}

  template <class Call>
  auto at(const Call& call) {
    DiskView view(disk, now, rng);
    auto result = call(view);
    spent = view.spent();
    return result;
  }
  FileId open(const std::string& path) {
    return *at([&](DiskView& v) { return v.open(path, true); });
  }
  void append(FileId file, absl::Cord bytes) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.append(file, bytes); }).ok());
  }
  void write_at(FileId file, int64_t position, absl::Cord bytes) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.write_at(file, position, bytes); }).ok());
  }
  void truncate(FileId file, int64_t size) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.truncate(file, size); }).ok());
  }
  void sync(FileId file) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.sync(file); }).ok());
  }
  void mkdir(const std::string& path) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.create_directory(path); }).ok());
  }
  void rename(const std::string& from, const std::string& to) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.rename(from, to); }).ok());
  }
  void remove(const std::string& path) {
    EXPECT_TRUE(at([&](DiskView& v) { return v.remove(path); }).ok());
  }
  void sync_directory(const std::string& path = "") {
    EXPECT_TRUE(at([&](DiskView& v) { return v.sync_directory(path); }).ok());
  }
  bool exists(const std::string& path) {
    return at([&](DiskView& v) { return v.exists(path); });
  }
  std::string content(const std::string& path) {
    DiskView view(disk, now, rng);
    auto file = view.open(path, false);
    if (!file.ok()) return "(no file)";
    std::string bytes(*view.read(*file, 0, *view.size(*file)));
    EXPECT_TRUE(view.close(*file).ok());
    return bytes;
  }
  std::vector<std::string> list(const std::string& path) {
    return *at([&](DiskView& v) { return v.list(path); });
  }
  PowerLossReport power_loss() { return disk.power_loss(now, rng); }

  SimDisk disk;
  Rng rng;
  SimTime now;
  Duration spent;
};

DiskSpec without_jitter() {
  DiskSpec spec;
  spec.sync_p50 = spec.sync_p99 = 1_ms;
  spec.stall = Ratio{0, 1};
  spec.bytes_per_second = 100'000'000;
  return spec;
}

// --- Files ---

TEST(Disk, reads_what_was_written_before_it_is_durable) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, absl::Cord("hello "));
  b.append(file, absl::Cord("world"));
  EXPECT_EQ(b.content("f"), "hello world");
  b.write_at(file, 6, absl::Cord("W"));
  EXPECT_EQ(b.content("f"), "hello World");
  b.write_at(file, 13, absl::Cord("!"));
  EXPECT_EQ(b.content("f"), std::string("hello World\0\0!", 14));
  b.truncate(file, 5);
  EXPECT_EQ(b.content("f"), "hello");
  b.truncate(file, 7);
  EXPECT_EQ(b.content("f"), std::string("hello\0\0", 7));
  auto read = [&](int64_t position, int64_t length) {
    return std::string(*b.at([&](DiskView& v) { return v.read(file, position, length); }));
  };
  EXPECT_EQ(read(1, 3), "ell");
  EXPECT_EQ(read(4, 100), std::string("o\0\0", 3));
  EXPECT_EQ(read(100, 1), "");
}

TEST(Disk, a_read_does_not_change_when_the_file_does) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, filled(10'000, 'a'));
  absl::Cord before = *b.at([&](DiskView& v) { return v.read(file, 0, 10'000); });
  b.write_at(file, 0, filled(5'000, 'b'));
  b.truncate(file, 1'000);
  EXPECT_EQ(before, filled(10'000, 'a'));
}

TEST(Disk, says_which_calls_make_no_sense) {
  Bench b;
  b.mkdir("d");
  FileId file = b.open("d/f");
  auto code = [&](auto call) { return absl::Status(b.at(call)).code(); };
  using absl::StatusCode;
  EXPECT_EQ(code([](DiskView& v) { return v.open("x", false).status(); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.open("no/x", true).status(); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.open("d/f/x", true).status(); }),
            StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.open("d", true).status(); }),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](DiskView& v) { return v.create_directory("d"); }), StatusCode::kAlreadyExists);
  EXPECT_EQ(code([](DiskView& v) { return v.create_directory("no/x"); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.remove("no"); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.remove("d"); }), StatusCode::kFailedPrecondition);
  EXPECT_EQ(code([](DiskView& v) { return v.rename("no", "x"); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.rename("d/f", "no/x"); }), StatusCode::kNotFound);
  EXPECT_EQ(code([](DiskView& v) { return v.rename("d/f", "d"); }), StatusCode::kAlreadyExists);
  EXPECT_EQ(code([](DiskView& v) { return v.rename("d", "d/e"); }), StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](DiskView& v) { return v.list("d/f").status(); }), StatusCode::kNotFound);
  EXPECT_EQ(code([&](DiskView& v) { return v.truncate(file, -1); }), StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](DiskView& v) { return v.close(FileId(7)); }), StatusCode::kFailedPrecondition);
  EXPECT_EQ(b.list(""), std::vector<std::string>{"d/"});
  EXPECT_EQ(b.list("d"), std::vector<std::string>{"f"});
}

TEST(Disk, renames_a_directory_with_all_that_is_in_it) {
  Bench b;
  b.mkdir("a");
  b.mkdir("a/b");
  b.append(b.open("a/b/f"), absl::Cord("1"));
  b.append(b.open("a-c"), absl::Cord("2"));
  b.rename("a", "z");
  EXPECT_EQ(b.list(""), (std::vector<std::string>{"a-c", "z/"}));
  EXPECT_EQ(b.content("z/b/f"), "1");
  EXPECT_FALSE(b.exists("a/b"));
}

TEST(Disk, an_open_file_lives_on_through_rename_and_remove) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, absl::Cord("1"));
  b.rename("f", "g");
  b.append(file, absl::Cord("2"));
  EXPECT_EQ(b.content("g"), "12");
  b.remove("g");
  b.append(file, absl::Cord("3"));
  EXPECT_EQ(std::string(*b.at([&](DiskView& v) { return v.read(file, 0, 9); })), "123");
  b.open("g");
  EXPECT_EQ(b.content("g"), "");
}

TEST(Disk, a_removed_file_gives_its_bytes_back_once_nothing_can_restore_it) {
  Bench b;
  const std::string payload(100'000, 'x');
  int released = 0;
  auto release = [&released](absl::string_view) { ++released; };
  FileId file = b.open("f");
  b.append(file, absl::MakeCordFromExternal(payload, release));
  EXPECT_TRUE(b.at([&](DiskView& v) { return v.close(file); }).ok());
  b.remove("f");
  EXPECT_EQ(released, 0);  // A power loss would bring it back.
  b.sync_directory();
  EXPECT_EQ(released, 1);
}

// --- Crashes ---

TEST(Disk, a_process_crash_keeps_the_page_cache_and_closes_files) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, absl::Cord("unsynced"));
  b.disk.close_all();
  EXPECT_FALSE(b.at([&](DiskView& v) { return v.append(file, absl::Cord("x")); }).ok());
  EXPECT_EQ(b.content("f"), "unsynced");
}

TEST(Disk, synced_bytes_survive_every_power_loss) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.append(file, filled(10'000, 'a'));
    b.sync(file);
    b.sync_directory();
    b.append(file, filled(10'000, 'b'));
    b.power_loss();
    ASSERT_TRUE(b.content("f").substr(0, 10'000) == std::string(10'000, 'a')) << seed;
  }
}

TEST(Disk, power_loss_keeps_any_subset_of_dirty_pages_and_tears_one) {
  bool all = false, none = false, hole = false, torn = false, shorter = false;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.sync_directory();
    b.append(file, filled(5 * 4096, 'x'));
    PowerLossReport report = b.power_loss();
    std::string left = b.content("f");
    int64_t kept = std::count(left.begin(), left.end(), 'x');
    ASSERT_EQ(report.bytes_lost, 5 * 4096 - kept) << seed;
    ASSERT_EQ(report.files_hurt, kept == 5 * 4096 ? 0 : 1);
    all |= kept == 5 * 4096;
    none |= left.empty();
    hole |= left.find('\0') != std::string::npos;
    torn |= kept % 4096 != 0;
    shorter |= left.size() < 5 * 4096 && left.size() > 4096;
  }
  EXPECT_TRUE(all);
  EXPECT_TRUE(none);
  EXPECT_TRUE(hole);
  EXPECT_TRUE(torn);
  EXPECT_TRUE(shorter);
}

TEST(Disk, power_loss_of_an_overwrite_leaves_old_or_new_bytes) {
  std::set<int64_t> kept;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.append(file, filled(3 * 4096, 'o'));
    b.sync(file);
    b.sync_directory();
    b.write_at(file, 1000, filled(8000, 'n'));
    PowerLossReport report = b.power_loss();
    std::string left = b.content("f");
    ASSERT_EQ(left.size(), 3u * 4096);
    ASSERT_EQ(left.find_first_not_of("on"), std::string::npos);
    ASSERT_EQ(left.substr(0, 1000) + left.substr(9000), std::string(3 * 4096 - 8000, 'o'));
    int64_t fresh = std::count(left.begin(), left.end(), 'n');
    ASSERT_EQ(report.bytes_lost, 8000 - fresh);
    kept.insert(fresh);
  }
  EXPECT_GT(kept.size(), 5u);
  EXPECT_TRUE(kept.contains(0) && kept.contains(8000));
}

TEST(Disk, the_system_writes_back_pages_after_thirty_seconds) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.sync_directory();
    b.append(file, filled(4096, 'a'));
    b.now += 29_s;
    b.append(file, filled(4096, 'b'));
    b.now += 1'001_ms;
    b.power_loss();
    ASSERT_TRUE(b.content("f").substr(0, 4096) == std::string(4096, 'a')) << seed;
  }
}

TEST(Disk, a_page_dirty_again_is_durable_as_it_was_when_it_was_written_back) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.sync_directory();
    b.append(file, absl::Cord("first."));
    b.now += 31_s;
    b.append(file, absl::Cord("second"));
    b.power_loss();
    std::string left = b.content("f");
    ASSERT_EQ(left.substr(0, 6), "first.") << seed;
    seen.insert(left);
  }
  EXPECT_TRUE(seen.contains("first.") && seen.contains("first.second"));
}

TEST(Disk, without_dirty_pages_power_loss_loses_nothing_and_draws_nothing) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, filled(10'000));
  b.sync(file);
  b.sync_directory();
  const Rng before = b.rng;
  PowerLossReport report = b.power_loss();
  EXPECT_EQ(b.rng, before);
  EXPECT_EQ(report.bytes_lost + report.files_hurt + report.directory_operations_lost, 0);
}

TEST(Disk, what_follows_a_lost_truncation_is_lost_with_it) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.append(file, filled(3 * 4096, 'o'));
    b.sync(file);
    b.sync_directory();
    b.truncate(file, 4096);
    b.append(file, filled(4096, 'n'));
    b.power_loss();
    std::string left = b.content("f");
    // Never new bytes followed by what had been cut.
    bool whole = left == std::string(3 * 4096, 'o');
    ASSERT_TRUE(whole || left.size() <= 2 * 4096) << left.size();
    ASSERT_TRUE(whole || left.find('o', 4096) == std::string::npos) << seed;
    seen.insert(left);
  }
  EXPECT_TRUE(seen.contains(std::string(3 * 4096, 'o')));
  EXPECT_TRUE(seen.contains(std::string(4096, 'o')));
  EXPECT_TRUE(seen.contains(std::string(4096, 'o') + std::string(4096, 'n')));
}

TEST(Disk, a_truncation_is_durable_after_the_journal_commits) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.append(file, filled(10'000));
    b.sync(file);
    b.sync_directory();
    b.truncate(file, 100);
    b.now += 5'001_ms;
    b.power_loss();
    ASSERT_EQ(b.content("f").size(), 100u);
  }
}

// --- Directory operations ---

TEST(Disk, power_loss_loses_a_suffix_of_the_unsynced_directory_operations) {
  std::set<int64_t> lost;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Bench b({}, seed);
    FileId old_file = b.open("b");
    b.append(old_file, absl::Cord("old"));
    b.sync(old_file);
    b.sync_directory();
    FileId file = b.open("a");  // 1
    b.append(file, absl::Cord("new"));
    b.sync(file);
    b.rename("a", "b");  // 2
    b.mkdir("d");        // 3
    b.rename("d", "e");  // 4
    b.remove("b");       // 5
    int64_t undone = b.power_loss().directory_operations_lost;
    lost.insert(undone);
    int64_t kept = 5 - undone;
    EXPECT_EQ(b.exists("a"), kept == 1);
    EXPECT_EQ(b.content("b"), kept <= 1 ? "old" : kept <= 4 ? "new" : "(no file)");
    EXPECT_EQ(b.exists("d"), kept == 3);
    EXPECT_EQ(b.exists("e"), kept >= 4);
  }
  EXPECT_EQ(lost, (std::set<int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Disk, the_journal_commits_by_itself_after_five_seconds) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Bench b({}, seed);
    b.mkdir("a");
    b.now += 3_s;
    b.mkdir("b");
    b.now += 2'001_ms;
    b.power_loss();
    ASSERT_TRUE(b.exists("a"));
  }
}

TEST(Disk, bytes_of_a_file_whose_creation_is_lost_count_as_lost) {
  bool vanished = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Bench b({}, seed);
    FileId file = b.open("f");
    b.append(file, filled(500));
    b.sync(file);
    PowerLossReport report = b.power_loss();
    vanished |= !b.exists("f");
    EXPECT_EQ(report.bytes_lost, b.exists("f") ? 0 : 500);
  }
  EXPECT_TRUE(vanished);
}

// --- Costs ---

TEST(Disk, operations_cost_what_the_spec_says) {
  Bench b(without_jitter());
  FileId file = b.open("f");
  EXPECT_EQ(b.spent, 10_us);
  b.append(file, filled(2048));
  EXPECT_EQ(b.spent, 3_us + 1024_ns);
  (void)b.at([&](DiskView& v) { return v.read(file, 0, 1024); });
  EXPECT_EQ(b.spent, 1_us + 100_ns);
  b.sync(file);
  EXPECT_EQ(b.spent, 1_ms + Duration::nanos(2048 * 10));
  b.sync(file);
  EXPECT_EQ(b.spent, 10_us);  // Nothing to do.
}

TEST(Disk, a_sync_waits_for_those_before) {
  Bench b(without_jitter());
  FileId f = b.open("f");
  FileId g = b.open("g");
  b.append(f, filled(1000));
  b.append(g, filled(1000));
  b.sync(f);
  Duration alone = b.spent;
  b.sync(g);
  EXPECT_EQ(b.spent, alone * 2);
  b.now += 1_s;
  b.write_at(f, 0, filled(1000));
  b.sync(f);
  EXPECT_EQ(b.spent, alone);
}

TEST(Disk, syncs_have_the_given_median_and_percentile) {
  DiskSpec spec;
  spec.bytes_per_second = 1'000'000'000'000;
  Bench b(spec);
  FileId file = b.open("f");
  std::vector<Duration> times;
  for (int i = 0; i < 20'000; ++i) {
    b.append(file, absl::Cord("x"));
    b.now += 1_s;
    b.sync(file);
    times.push_back(b.spent);
  }
  std::sort(times.begin(), times.end());
  EXPECT_NEAR(times[10'000].nanos(), 780'000, 20'000);
  EXPECT_NEAR(times[19'800].nanos(), 2'400'000, 250'000);
  EXPECT_GT(times[19'995], 6_ms);  // Stalls.
}

TEST(Disk, a_slow_disk_is_undone_exactly_also_when_faults_overlap) {
  Bench b(without_jitter());
  auto cost = [&] {
    (void)b.at([&](DiskView& v) { return v.exists("f"); });
    return b.spent;
  };
  b.disk.slow_down(1, Ratio{10, 1});
  EXPECT_EQ(cost(), 10_us);
  b.disk.slow_down(2, Ratio{3, 2});
  EXPECT_EQ(cost(), 15_us);
  EXPECT_EQ(b.disk.speed_up(1), 2);
  EXPECT_EQ(cost(), 1500_ns);
  EXPECT_EQ(b.disk.speed_up(2), 2);
  EXPECT_EQ(cost(), 1_us);
}

TEST(Disk, a_slow_disk_of_factor_one_changes_nothing) {
  Bench plain, slowed;
  slowed.disk.slow_down(1, Ratio{3, 3});
  for (Bench* b : {&plain, &slowed}) {
    FileId file = b->open("f");
    b->append(file, filled(100));
    b->sync(file);
  }
  EXPECT_EQ(plain.spent, slowed.spent);
  EXPECT_EQ(plain.rng, slowed.rng);
  EXPECT_EQ(slowed.disk.speed_up(1), 0);
}

// --- Crash points ---

TEST(Disk, from_the_crash_point_on_nothing_changes) {
  Bench b;
  FileId file = b.open("f");
  b.disk.crash_at_operation(3);
  b.append(file, absl::Cord("1"));
  b.append(file, absl::Cord("2"));
  EXPECT_FALSE(b.disk.hit_crash_point());
  b.append(file, absl::Cord("3"));
  EXPECT_TRUE(b.disk.hit_crash_point());
  b.append(file, absl::Cord("4"));
  b.truncate(file, 0);
  b.rename("f", "g");
  b.mkdir("d");
  b.append(b.open("new"), absl::Cord("5"));
  b.disk.close_all();
  b.disk.clear_crash_point();
  EXPECT_EQ(b.content("f"), "12");
  EXPECT_EQ(b.list(""), std::vector<std::string>{"f"});
  b.mkdir("d");
  EXPECT_TRUE(b.exists("d"));
}

// --- Hash and copies ---

TEST(Disk, the_written_hash_depends_on_bytes_and_place_but_not_on_pieces) {
  auto hash = [](int64_t position, const std::vector<std::string>& pieces) {
    Bench b;
    FileId file = b.open("f");
    b.append(file, filled(1000));
    (void)b.disk.take_written_hash();
    absl::Cord bytes;
    for (const std::string& piece : pieces) {
      bytes.Append(absl::MakeCordFromExternal(piece, [](absl::string_view) {}));
    }
    b.write_at(file, position, bytes);
    return b.disk.take_written_hash();
  };
  std::string text;
  for (int i = 0; i < 700; ++i) text += static_cast<char>('a' + i * i % 23);
  uint64_t whole = hash(0, {text});
  for (size_t cut : {1u, 61u, 63u, 64u, 65u, 300u, 640u}) {
    EXPECT_EQ(hash(0, {text.substr(0, cut), text.substr(cut)}), whole) << cut;
  }
  EXPECT_NE(hash(1, {text}), whole);
  std::set<uint64_t> hashes{whole};
  for (size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 1;
    hashes.insert(hash(0, {other}));
  }
  EXPECT_EQ(hashes.size(), text.size() + 1);
  EXPECT_NE(hash(0, {text + '\0'}), whole);
}

TEST(Disk, a_copy_shares_all_bytes_and_goes_its_own_way) {
  Bench b;
  FileId file = b.open("f");
  for (int i = 0; i < 100; ++i) b.append(file, filled(2000, static_cast<char>('a' + i % 26)));
  Bench copy = b;
  auto chunks = [&](Bench& of) {
    std::vector<const char*> found;
    absl::Cord all = *of.at([&](DiskView& v) { return v.read(file, 0, 1'000'000); });
    for (absl::string_view chunk : all.Chunks()) found.push_back(chunk.data());
    return found;
  };
  EXPECT_EQ(chunks(copy), chunks(b));
  std::string before = b.content("f");
  copy.write_at(file, 0, filled(10'000, '!'));
  copy.remove("f");
  EXPECT_EQ(b.content("f"), before);
  EXPECT_NE(chunks(copy), chunks(b));
}

TEST(Disk, appended_payloads_are_shared_with_their_writer) {
  Bench b;
  FileId file = b.open("f");
  absl::Cord payload = filled(5000);
  const char* data = payload.Chunks().begin()->data();
  b.append(file, payload);
  absl::Cord read = *b.at([&](DiskView& v) { return v.read(file, 0, 5000); });
  EXPECT_EQ(read.Chunks().begin()->data(), data);
}

TEST(Disk, counts_bytes_that_a_power_loss_could_lose) {
  Bench b;
  FileId file = b.open("f");
  b.append(file, filled(5000));
  EXPECT_EQ(b.disk.unsynced_bytes(), 5000);
  b.sync(file);
  EXPECT_EQ(b.disk.unsynced_bytes(), 0);
  EXPECT_EQ(b.disk.bytes_written(), 5000);
}

TEST(Disk, losing_all_that_is_not_synced_keeps_the_rest) {
  Bench bench;
  FileId synced = bench.open("synced");
  bench.sync_directory();
  bench.append(synced, filled(10'000));
  bench.sync(synced);
  bench.append(synced, filled(5'000, 'y'));
  bench.truncate(bench.open("cut"), 0);
  bench.open("unborn");
  SimDisk before = bench.disk;
  PowerLossReport lost = bench.disk.lose_all_unsynced(bench.now);
  EXPECT_EQ(lost.bytes_lost, 5'000);
  EXPECT_EQ(lost.directory_operations_lost, 2);
  EXPECT_FALSE(bench.exists("unborn"));
  EXPECT_EQ(bench.at([&](DiskView& v) { return v.size(*v.open("synced", false)); }).value(),
            10'000);
  // What the system wrote back in its time is kept, too.
  bench.disk = before;
  bench.now = bench.now + 40_s;
  EXPECT_EQ(bench.disk.lose_all_unsynced(bench.now).bytes_lost, 0);
  EXPECT_TRUE(bench.exists("unborn"));
  EXPECT_EQ(bench.at([&](DiskView& v) { return v.size(*v.open("synced", false)); }).value(),
            15'000);
}

}  // namespace
}  // namespace sim
