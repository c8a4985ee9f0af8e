// SPDX-License-Identifier: Apache-2.0
//
// As Java's GZIPOutputStream writes it and GZIPInputStream reads it.

#include <zlib.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "models/log/compression_codecs.h"
#include "sim/check.h"

namespace models {

namespace {

// Kafka's sizes: with damage, they decide which records were read before it was found.
constexpr size_t kInputBytes = 8 * 1024;
constexpr size_t kOutputBytes = 16 * 1024;
// Magic, deflate, no flags, no time, no extra flags, unknown system (JDK 16 and later).
constexpr char kHeader[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff";
constexpr size_t kHeaderBytes = 10;
constexpr size_t kTrailerBytes = 8;

void append_little_endian(std::string& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

Bytef* writable(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

class Gzip : public Decompressor {
 public:
  Gzip(std::string_view compressed, int64_t max_bytes)
      : Decompressor(max_bytes), rest_(compressed), buffer_(kOutputBytes, '\0') {
    opened_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK;
    begin_member();
  }
  ~Gzip() override {
    if (opened_) inflateEnd(&stream_);
  }

 private:
  void begin_member() {
    header_ = {};
    if (opened_) inflateGetHeader(&stream_, &header_);
  }

  absl::StatusOr<std::string_view> decode(int64_t) override {
    if (!opened_) return absl::ResourceExhaustedError("no memory for gzip");
    while (!ended_) {
      std::string_view fed = rest_.substr(0, kInputBytes);
      stream_.next_in = writable(fed);
      stream_.avail_in = static_cast<uInt>(fed.size());
      stream_.next_out = writable(buffer_);
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      int result = inflate(&stream_, Z_NO_FLUSH);
      rest_.remove_prefix(fed.size() - stream_.avail_in);
      size_t given = buffer_.size() - stream_.avail_out;
      if (result == Z_STREAM_END) {
        end_member();
      } else if (result != Z_OK && (given == 0 || !is_trailer_wrong())) {
        // What follows the first member and does not begin as one is left alone.
        if (members_ == 0 || header_.done == 1) return absl::InvalidArgumentError("damaged gzip");
        ended_ = true;
      }
      if (given > 0) return std::string_view(buffer_).substr(0, given);
    }
    return std::string_view();
  }

  // Java looks at the trailer when all data has been read, and gives none of the data that was
  // inflated together with damage.
  bool is_trailer_wrong() const {
    std::string_view why = stream_.msg ? stream_.msg : "";
    return why == "incorrect data check" || why == "incorrect length check";
  }

  void end_member() {
    ++members_;
    // GZIPInputStream looks for another member only if a header and a trailer would fit.
    ended_ = rest_.size() <= kHeaderBytes + kTrailerBytes || inflateReset(&stream_) != Z_OK;
    begin_member();
  }

  std::string_view rest_;
  std::string buffer_;
  z_stream stream_{};
  gz_header header_{};
  int64_t members_ = 0;
  bool opened_ = false;
  bool ended_ = false;
};

}  // namespace

std::string gzip_compress(std::string_view bytes, int level) {
  // Header and trailer are written here: zlib's own header tells of the level and the system.
  std::string out(kHeader, kHeaderBytes);
  z_stream stream{};
  constexpr int kMemoryLevel = 8;
  int result =
      deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, kMemoryLevel, Z_DEFAULT_STRATEGY);
  SIM_CHECK(result == Z_OK, "zlib", result);
  out.resize(kHeaderBytes + deflateBound(&stream, bytes.size()) + kTrailerBytes);
  SIM_CHECK(out.size() <= UINT_MAX, "a batch of gigabytes");
  stream.next_in = writable(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = writable(out) + kHeaderBytes;
  stream.avail_out = static_cast<uInt>(out.size() - kHeaderBytes);
  result = deflate(&stream, Z_FINISH);
  size_t size = kHeaderBytes + stream.total_out;
  deflateEnd(&stream);
  SIM_CHECK(result == Z_STREAM_END, "zlib", result);
  out.resize(size);
  append_little_endian(out, static_cast<uint32_t>(crc32(crc32(0, Z_NULL, 0), writable(bytes),
                                                        static_cast<uInt>(bytes.size()))));
  append_little_endian(out, static_cast<uint32_t>(bytes.size()));
  return out;
}

std::string zlib_release() { return zlibVersion(); }

std::unique_ptr<Decompressor> open_gzip(std::string_view compressed, int64_t max_bytes) {
  return std::make_unique<Gzip>(compressed, max_bytes);
}

}  // namespace models
