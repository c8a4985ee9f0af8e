// SPDX-License-Identifier: Apache-2.0

#include "sim/fields.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "gtest/gtest.h"

namespace sim {
namespace {

enum class Colour : int8_t { kRed = 3 };
enum class Named : int8_t { kOne = 1 };
std::string_view name_of(Named) { return "one"; }

struct Inner {
  HostId host{7};
  std::string text = "abc";
  static void fields(auto&& f) {
    f("host", &Inner::host);
    f("text", &Inner::text);
  }
};

struct Outer {
  int16_t number = -2;
  bool flag = true;
  Colour colour = Colour::kRed;
  Named named = Named::kOne;
  Duration wait = Duration::nanos(5);
  SimTime at = SimTime::at_nanos(6);
  absl::Cord bytes{std::string(10, 'x')};
  std::optional<int32_t> present = 8;
  std::optional<int32_t> absent;
  Inner inner;
  std::vector<Inner> list{2};
  std::pair<int8_t, int8_t> pair{1, 2};
  absl::btree_map<std::string, int32_t> map{{"k", 9}};
  static void fields(auto&& f) {
    f("number", &Outer::number);
    f("flag", &Outer::flag);
    f("colour", &Outer::colour);
    f("named", &Outer::named);
    f("wait", &Outer::wait);
    f("at", &Outer::at);
    f("bytes", &Outer::bytes);
    f("present", &Outer::present);
    f("absent", &Outer::absent);
    f("inner", &Outer::inner);
    f("list", &Outer::list);
    f("pair", &Outer::pair);
    f("map", &Outer::map);
  }
};

// Writes what it is shown, in one line.
class Printer final : public FieldSink {
 public:
  void integer(std::string_view name, int64_t value) override { add(name, std::to_string(value)); }
  void boolean(std::string_view name, bool value) override { add(name, value ? "yes" : "no"); }
  void text(std::string_view name, std::string_view value) override {
    add(name, "'" + std::string(value) + "'");
  }
  void begin_group(std::string_view name) override { add(name, "{"); }
  void end_group() override { out += "} "; }
  void begin_list(std::string_view name) override { add(name, "["); }
  void end_list() override { out += "] "; }
  std::string out;

 private:
  void add(std::string_view name, const std::string& value) {
    out += std::string(name) + ":" + value + " ";
  }
};

TEST(Fields, shows_each_kind_of_value_in_order_of_declaration) {
  Printer printer;
  show_fields(Outer(), printer);
  EXPECT_EQ(printer.out,
            "number:-2 flag:yes colour:3 named:'one' wait:5 at:6 bytes:10 present:8 "
            "inner:{ host:7 text:'abc' } "
            "list:[ :{ host:7 text:'abc' } :{ host:7 text:'abc' } ] "
            "pair:{ key:1 value:2 } "
            "map:[ :{ key:'k' value:9 } ] ");
}

TEST(Fields, estimates_the_size_on_the_wire) {
  const int64_t inner = 4 + (2 + 3);
  EXPECT_EQ(encoded_size(Inner()), inner);
  EXPECT_EQ(encoded_size(Outer()), 2 + 1 + 1 + 1 + 4 + 4 + (4 + 10) + 4 + 2 + inner +
                                       (4 + 2 * inner) + 2 + (4 + (2 + 1) + 4));
}

TEST(Fields, size_grows_with_content) {
  Outer outer;
  int64_t before = encoded_size(outer);
  outer.bytes.Append(std::string(100, 'y'));
  outer.list.emplace_back();
  outer.absent = 1;
  EXPECT_EQ(encoded_size(outer), before + 100 + 9 + 2);
}

}  // namespace
}  // namespace sim
