// SPDX-License-Identifier: Apache-2.0
//
// Frames as zstd-jni's streams write and read them. A frame may ask for a window of at most 128 MiB
// (the library's own limit, and zstd-jni's), whatever the bound of the output.

#include <zstd.h>

#include <utility>

#include "models/log/compression_codecs.h"
#include "sim/check.h"

namespace models {

namespace {

constexpr size_t kOutputBytes = 16 * 1024;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class Zstd : public Decompressor {
 public:
  Zstd(std::string_view compressed, int64_t max_bytes)
      : Decompressor(max_bytes),
        input_{compressed.data(), compressed.size(), 0},
        buffer_(kOutputBytes, '\0'),
        context_(ZSTD_createDCtx()) {}

 private:
  absl::StatusOr<std::string_view> decode(int64_t) override {
    if (!context_) return absl::ResourceExhaustedError("no memory for zstd");
    // The decoder may hold output back although it has taken all input.
    while (input_.pos < input_.size || !frame_ended_) {
      ZSTD_outBuffer output{buffer_.data(), buffer_.size(), 0};
      bool at_end = input_.pos == input_.size;
      size_t result = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(result)) return absl::InvalidArgumentError("damaged zstd");
      frame_ended_ = result == 0;
      if (output.pos > 0) return std::string_view(buffer_).substr(0, output.pos);
      if (at_end && !frame_ended_) return absl::InvalidArgumentError("zstd ends within a frame");
    }
    return std::string_view();
  }

  ZSTD_inBuffer input_;
  std::string buffer_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  bool frame_ended_ = true;
};

}  // namespace

std::string zstd_compress(std::string_view bytes, int level) {
  std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  SIM_CHECK(context != nullptr, "no memory for zstd");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  std::string out;
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  size_t size = 0;
  // As a stream that is written, flushed and closed: so the frame does not tell the size of its
  // content and ends with an empty block.
  for (ZSTD_EndDirective mode : {ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end}) {
    size_t pending = 0;
    do {
      out.resize(size + ZSTD_compressBound(bytes.size() - input.pos));
      ZSTD_outBuffer output{out.data(), out.size(), size};
      pending = ZSTD_compressStream2(context.get(), &output, &input, mode);
      SIM_CHECK(!ZSTD_isError(pending), "zstd", ZSTD_getErrorName(pending));
      size = output.pos;
    } while (mode == ZSTD_e_continue ? input.pos < input.size : pending > 0);
  }
  out.resize(size);
  return out;
}

std::string zstd_release() { return ZSTD_versionString(); }

std::unique_ptr<Decompressor> open_zstd(std::string_view compressed, int64_t max_bytes) {
  return std::make_unique<Zstd>(compressed, max_bytes);
}

}  // namespace models
