// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Carries out the steps of one script on one partition. */
final class LogWriter {
  private static final Set<String> KEYS =
      Set.of(
          "do", "may_fail", "as", "leader_epoch", "batches", "now", "advance", "epoch", "offset",
          "log_start", "config", "clean", "buffer_bytes", "io_buffer_bytes", "load_factor",
          "only_if_due");

  private final LogDir dir;
  private final Output out;
  private final JsonNode steps;
  private final TopicPartition partition;
  private final Optional<Uuid> topicId;
  private final boolean followEnd;
  private Map<String, String> config;
  private UnifiedLog log;

  LogWriter(LogDir dir, JsonNode script, boolean clean, Output out) throws IOException {
    this.dir = dir;
    this.out = out;
    this.steps = script.path("steps");
    this.partition =
        new TopicPartition(Json.text(script, "topic"), (int) Json.number(script, "partition", 0));
    this.topicId = Optional.ofNullable(Json.text(script, "topic_id", null)).map(Uuid::fromString);
    this.followEnd =
        switch (Json.text(script, "high_watermark", "log_end")) {
          case "log_end" -> true;
          case "manual" -> false;
          default -> throw new UsageException("high_watermark: log_end or manual");
        };
    this.config = Json.strings(script.get("config"));
    open(clean);
  }

  private void open(boolean clean) throws IOException {
    log = dir.open(partition, config, clean, topicId);
    log.updateHighWatermark(
        followEnd
            ? log.logEndOffset()
            : dir.checkpoint(LogDir.HIGH_WATERMARKS).getOrDefault(partition, log.logStartOffset()));
  }

  boolean isClosed() {
    return log == null;
  }

  /** False if a step failed that may not. A log that was not closed is left as a kill leaves it. */
  boolean runSteps() throws Exception {
    boolean passed = true;
    int number = 0;
    for (JsonNode step : steps) {
      Json.checkKeys(step, "step", KEYS);
      ObjectNode answer =
          Json.object()
              .put("log", UnifiedLog.logDirName(partition))
              .put("step", number++)
              .put("do", Json.text(step, "do"));
      try {
        if (log == null && !Json.text(step, "do").equals("reopen")) {
          throw new UsageException("the log is closed at step " + (number - 1));
        }
        run(step, answer);
      } catch (UsageException e) {
        throw e;
      } catch (Exception e) {
        passed &= Json.flag(step, "may_fail");
        answer.put("error", errorName(e)).put("message", String.valueOf(e.getMessage()));
      }
      if (log != null) addState(answer);
      out.line(answer);
    }
    if (log != null) dir.abandon(log);
    return passed;
  }

  private void run(JsonNode step, ObjectNode answer) throws Exception {
    switch (Json.text(step, "do")) {
      case "append" -> append(step, answer);
      case "time" -> moveTime(step);
      case "epoch" ->
          log.assignEpochStartOffset(
              (int) Json.number(step, "epoch"), Json.number(step, "offset", log.logEndOffset()));
      case "high_watermark" -> log.updateHighWatermark(Json.number(step, "offset"));
      case "roll" -> log.roll();
      case "flush" -> log.flush(true);
      case "snapshot" -> log.takeProducerSnapshot();
      case "truncate" -> log.truncateTo(Json.number(step, "offset"));
      case "truncate_fully" ->
          log.truncateFullyAndStartAt(
              Json.number(step, "offset"),
              step.has("log_start")
                  ? Optional.of(Json.number(step, "log_start"))
                  : Optional.empty());
      case "delete_records" ->
          log.maybeIncrementLogStartOffset(
              Json.number(step, "offset"),
              LogStartOffsetIncrementReason.ClientRecordDeletion);
      case "retention" -> answer.put("deleted", log.deleteOldSegments());
      case "expire_producers" -> log.removeExpiredProducers(dir.time.milliseconds());
      case "clean" -> LogCleaning.run(dir, log, step, answer);
      case "config" -> {
        config = Json.strings(step.get("config"));
        log.updateConfig(new LogConfig(config));
      }
      case "checkpoint" -> checkpoint();
      case "close" -> {
        dir.closeCleanly(log);
        log = null;
      }
      case "reopen" -> reopen(step);
      default -> throw new UsageException("unknown step: " + step);
    }
  }

  private void append(JsonNode step, ObjectNode answer) throws IOException {
    int leaderEpoch = (int) Json.number(step, "leader_epoch", 0);
    JsonNode batches = step.path("batches");
    if (Json.text(step, "as", "leader").equals("follower")) {
      MemoryRecords all = Batches.buildAll(batches);
      describe(log.appendAsFollower(all, leaderEpoch), answer);
    } else {
      for (JsonNode batch : batches) {
        MemoryRecords records = MemoryRecords.readableRecords(Batches.build(batch));
        describe(log.appendAsLeader(records, leaderEpoch, origin(step, batch)), answer);
      }
    }
    if (followEnd) log.updateHighWatermark(log.logEndOffset());
  }

  private static AppendOrigin origin(JsonNode step, JsonNode batch) {
    String implied = batch.has("marker") ? "coordinator" : "leader";
    return switch (Json.text(step, "as", implied)) {
      case "leader" -> AppendOrigin.CLIENT;
      case "coordinator" -> AppendOrigin.COORDINATOR;
      case "raft_leader" -> AppendOrigin.RAFT_LEADER;
      default -> throw new UsageException("as: leader, coordinator, raft_leader or follower");
    };
  }

  private static void describe(LogAppendInfo info, ObjectNode answer) {
    answer
        .withArray("appended")
        .addObject()
        .put("first", info.firstOffset())
        .put("last", info.lastOffset())
        .put("max_timestamp", info.maxTimestamp())
        .put("append_time", info.logAppendTime());
  }

  private void moveTime(JsonNode step) {
    long now =
        step.has("now")
            ? Json.number(step, "now")
            : dir.time.milliseconds() + Json.number(step, "advance");
    dir.time.set(now);
    dir.scheduler.runDue();
  }

  /** What LogManager's and ReplicaManager's periodic tasks write. */
  private void checkpoint() throws IOException {
    dir.setCheckpoint(LogDir.RECOVERY_POINTS, partition, log.recoveryPoint());
    boolean moved = log.logStartOffset() > log.logSegments().get(0).baseOffset();
    dir.setCheckpoint(LogDir.LOG_STARTS, partition, moved ? log.logStartOffset() : null);
    dir.setCheckpoint(LogDir.HIGH_WATERMARKS, partition, log.highWatermark());
  }

  /** Without "close" before it, as after a kill. "clean" says what the marker would have said. */
  private void reopen(JsonNode step) throws IOException {
    boolean wasClosed = log == null;
    if (!wasClosed) dir.abandon(log);
    open(step.has("clean") ? step.get("clean").asBoolean() : wasClosed);
  }

  private void addState(ObjectNode answer) {
    answer
        .put("log_start", log.logStartOffset())
        .put("log_end", log.logEndOffset())
        .put("high_watermark", log.highWatermark())
        .put("last_stable", log.lastStableOffset())
        .put("recovery_point", log.recoveryPoint())
        .put("segments", log.numberOfSegments());
  }

  static String errorName(Throwable e) {
    Throwable cause = e;
    if (e instanceof RecordValidationException validation) cause = validation.invalidException();
    Errors error = Errors.forException(cause);
    return error == Errors.UNKNOWN_SERVER_ERROR ? cause.getClass().getSimpleName() : error.name();
  }
}
