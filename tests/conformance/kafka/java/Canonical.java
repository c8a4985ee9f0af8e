// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.Record;

/**
 * Records, counted and taken into one CRC-32C, so that two sides can compare what they read.
 *
 * <p>Each record as: i64 offset, i64 timestamp, i32 length of the key and the key, i32 length of
 * the value and the value, i32 number of headers, for each i32 length of its key in UTF-8 and the
 * key, i32 length of its value and the value. Big-endian; the length of null is -1.
 */
final class Canonical {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer number = ByteBuffer.allocate(8);
  private long records = 0;

  void add(Record record) {
    add(record.offset(), record.timestamp(), record.key(), record.value(), record.headers());
  }

  void add(long offset, long timestamp, ByteBuffer key, ByteBuffer value, Header[] headers) {
    records++;
    put(offset);
    put(timestamp);
    put(key);
    put(value);
    put(headers.length);
    for (Header header : headers) {
      put(ByteBuffer.wrap(header.key().getBytes(StandardCharsets.UTF_8)));
      put(header.value() == null ? null : ByteBuffer.wrap(header.value()));
    }
  }

  void add(long offset, long timestamp, byte[] key, byte[] value, Header[] headers) {
    add(
        offset,
        timestamp,
        key == null ? null : ByteBuffer.wrap(key),
        value == null ? null : ByteBuffer.wrap(value),
        headers);
  }

  private void put(long value) {
    number.clear();
    crc.update(number.putLong(value).flip());
  }

  private void put(int value) {
    number.clear();
    crc.update(number.putInt(value).flip());
  }

  private void put(ByteBuffer bytes) {
    if (bytes == null) {
      put(-1);
      return;
    }
    put(bytes.remaining());
    crc.update(bytes.duplicate());
  }

  long records() {
    return records;
  }

  /** As {"records": N, "crc": "8 hex digits"}. */
  ObjectNode report() {
    return Json.object().put("records", records).put("crc", String.format("%08x", crc.getValue()));
  }
}
