// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;

/** Requests of a script's steps, each to one broker, and their answers in words. */
final class ScriptRequests {
  private static final int PATIENCE_MS = 60_000;
  /** The last version in which topics go by their names. */
  private static final int PRODUCE = 12;
  /** Topics go by their ids; from 16 on the answer names the leader (KIP-951). */
  private static final int FETCH = 17;

  private ScriptRequests() {}

  /** "orders-0" is partition 0 of orders. */
  static String topic(String partition) {
    return partition.substring(0, partition.lastIndexOf('-'));
  }

  static int index(String partition) {
    return Integer.parseInt(partition.substring(partition.lastIndexOf('-') + 1));
  }

  private static String name(int code) {
    return Errors.forCode((short) code).name();
  }

  /** What a client sees of a connection. */
  static String failure(IOException e) {
    return e instanceof SocketTimeoutException ? "NO_ANSWER" : "DISCONNECTED";
  }

  private static ApiMessage call(int port, ApiKeys key, int version, ApiMessage body)
      throws IOException {
    return Wire.call(port, key, version, body, PATIENCE_MS);
  }

  static String create(int port, JsonNode step) throws IOException {
    CreateTopicsRequestData.CreatableTopic topic =
        new CreateTopicsRequestData.CreatableTopic()
            .setName(Json.text(step, "create"))
            .setNumPartitions(-1)
            .setReplicationFactor((short) -1);
    int number = 0;
    for (JsonNode replicas : step.get("replicas")) {
      topic
          .assignments()
          .add(
              new CreateTopicsRequestData.CreatableReplicaAssignment()
                  .setPartitionIndex(number++)
                  .setBrokerIds(ids(replicas)));
    }
    for (Map.Entry<String, String> entry : Json.strings(step.get("config")).entrySet()) {
      topic
          .configs()
          .add(
              new CreateTopicsRequestData.CreatableTopicConfig()
                  .setName(entry.getKey())
                  .setValue(entry.getValue()));
    }
    CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(30_000);
    request.topics().add(topic);
    CreateTopicsResponseData answer =
        (CreateTopicsResponseData) call(port, ApiKeys.CREATE_TOPICS, 7, request);
    return name(answer.topics().iterator().next().errorCode());
  }

  static void delete(int port, List<String> topics) throws IOException {
    DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(30_000);
    for (String topic : topics) {
      request.topics().add(new DeleteTopicsRequestData.DeleteTopicState().setName(topic));
    }
    call(port, ApiKeys.DELETE_TOPICS, 6, request);
  }

  static List<Integer> ids(JsonNode array) {
    List<Integer> ids = new ArrayList<>();
    array.forEach(id -> ids.add(id.asInt()));
    return ids;
  }

  /** One batch of records k<first>=v<first>, ... */
  static String produce(int port, JsonNode step, long first, long sequence) throws IOException {
    String partition = Json.text(step, "produce");
    SimpleRecord[] records = new SimpleRecord[(int) Json.number(step, "records", 1)];
    long timestamp = Json.number(step, "timestamp", 1_700_000_000_000L + first * 1000);
    for (int i = 0; i < records.length; i++) {
      byte[] key = ("k" + (first + i)).getBytes(StandardCharsets.UTF_8);
      byte[] value = ("v" + (first + i)).getBytes(StandardCharsets.UTF_8);
      records[i] = new SimpleRecord(timestamp + i * 1000L, key, value);
    }
    boolean idempotent = step.has("producer");
    MemoryRecords batch =
        idempotent
            ? MemoryRecords.withIdempotentRecords(
                Compression.NONE,
                Json.number(step, "producer"),
                (short) Json.number(step, "producer_epoch", 0),
                (int) sequence,
                records)
            : MemoryRecords.withRecords(Compression.NONE, records);
    String acks = Json.text(step, "acks", "all");
    ProduceRequestData request =
        new ProduceRequestData()
            .setAcks(acks.equals("all") ? -1 : Short.parseShort(acks))
            .setTimeoutMs((int) Json.number(step, "timeout_ms", 30_000));
    request
        .topicData()
        .add(
            new ProduceRequestData.TopicProduceData()
                .setName(topic(partition))
                .setPartitionData(
                    List.of(
                        new ProduceRequestData.PartitionProduceData()
                            .setIndex(index(partition))
                            .setRecords(batch))));
    if (request.acks() == 0) {
      Wire.callWithoutAnswer(
          port, ApiKeys.PRODUCE, PRODUCE, request, ApiKeys.METADATA, noTopics());
      return "SENT";
    }
    ProduceResponseData.PartitionProduceResponse answer =
        ((ProduceResponseData) call(port, ApiKeys.PRODUCE, PRODUCE, request))
            .responses()
            .iterator()
            .next()
            .partitionResponses()
            .get(0);
    StringBuilder text = new StringBuilder(name(answer.errorCode()));
    if (answer.errorCode() == 0) {
      text.append(" at ").append(answer.baseOffset());
      text.append(" start ").append(answer.logStartOffset());
    }
    if (answer.currentLeader().leaderId() >= 0) {
      text.append(" leader ").append(answer.currentLeader().leaderId());
      text.append(" epoch ").append(answer.currentLeader().leaderEpoch());
    }
    return text.toString();
  }

  static MetadataRequestData noTopics() {
    return new MetadataRequestData().setTopics(new ArrayList<>());
  }

  static ListOffsetsResponseData.ListOffsetsPartitionResponse listOffsets(
      int port, String partition, long timestamp, int currentEpoch, int patienceMs)
      throws IOException {
    ListOffsetsRequestData request = new ListOffsetsRequestData().setReplicaId(-1);
    request
        .topics()
        .add(
            new ListOffsetsRequestData.ListOffsetsTopic()
                .setName(topic(partition))
                .setPartitions(
                    List.of(
                        new ListOffsetsRequestData.ListOffsetsPartition()
                            .setPartitionIndex(index(partition))
                            .setCurrentLeaderEpoch(currentEpoch)
                            .setTimestamp(timestamp))));
    return ((ListOffsetsResponseData)
            Wire.call(port, ApiKeys.LIST_OFFSETS, 7, request, patienceMs))
        .topics()
        .get(0)
        .partitions()
        .get(0);
  }

  static String list(int port, JsonNode step) throws IOException {
    String at = Json.text(step, "at");
    long timestamp =
        switch (at) {
          case "latest" -> -1;
          case "earliest" -> -2;
          case "max_timestamp" -> -3;
          default -> Long.parseLong(at);
        };
    ListOffsetsResponseData.ListOffsetsPartitionResponse answer =
        listOffsets(
            port,
            Json.text(step, "list"),
            timestamp,
            (int) Json.number(step, "current", -1),
            PATIENCE_MS);
    if (answer.errorCode() != 0) return name(answer.errorCode());
    return "NONE offset " + answer.offset() + " epoch " + answer.leaderEpoch()
        + " timestamp " + answer.timestamp();
  }

  static String epochEnd(int port, JsonNode step) throws IOException {
    String partition = Json.text(step, "epoch_end");
    OffsetForLeaderEpochRequestData request =
        new OffsetForLeaderEpochRequestData().setReplicaId(-1);
    request
        .topics()
        .add(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                .setTopic(topic(partition))
                .setPartitions(
                    List.of(
                        new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                            .setPartition(index(partition))
                            .setCurrentLeaderEpoch((int) Json.number(step, "current", -1))
                            .setLeaderEpoch((int) Json.number(step, "epoch")))));
    OffsetForLeaderEpochResponseData.EpochEndOffset answer =
        ((OffsetForLeaderEpochResponseData)
                call(port, ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request))
            .topics()
            .iterator()
            .next()
            .partitions()
            .get(0);
    if (answer.errorCode() != 0) return name(answer.errorCode());
    return "NONE epoch " + answer.leaderEpoch() + " end " + answer.endOffset();
  }

  static String fetch(int port, JsonNode step, Uuid topicId) throws IOException {
    String partition = Json.text(step, "fetch");
    FetchRequestData request =
        new FetchRequestData().setMaxWaitMs(0).setMinBytes(1).setSessionEpoch(-1);
    request
        .topics()
        .add(
            new FetchRequestData.FetchTopic()
                .setTopicId(topicId)
                .setPartitions(
                    List.of(
                        new FetchRequestData.FetchPartition()
                            .setPartition(index(partition))
                            .setCurrentLeaderEpoch((int) Json.number(step, "current", -1))
                            .setFetchOffset(Json.number(step, "from"))
                            .setPartitionMaxBytes(1 << 20))));
    FetchResponseData all = (FetchResponseData) call(port, ApiKeys.FETCH, FETCH, request);
    if (all.errorCode() != 0) return name(all.errorCode());
    FetchResponseData.PartitionData answer = all.responses().get(0).partitions().get(0);
    StringBuilder text = new StringBuilder(name(answer.errorCode()));
    if (answer.errorCode() == 0) {
      text.append(" high_watermark ").append(answer.highWatermark());
      text.append(" start ").append(answer.logStartOffset());
      long count = 0;
      long last = -1;
      MemoryRecords records = (MemoryRecords) answer.records();
      for (RecordBatch batch : records.batches()) {
        for (Record record : batch) {
          last = record.offset();
          count++;
        }
      }
      text.append(" records ").append(count);
      if (count > 0) text.append(" last ").append(last);
    }
    if (answer.currentLeader().leaderId() >= 0) {
      text.append(" leader ").append(answer.currentLeader().leaderId());
      text.append(" epoch ").append(answer.currentLeader().leaderEpoch());
    }
    return text.toString();
  }

  static String alterConfig(int port, JsonNode step) throws IOException {
    IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
        new IncrementalAlterConfigsRequestData.AlterConfigsResource()
            .setResourceType(ConfigResource.Type.TOPIC.id())
            .setResourceName(Json.text(step, "alter_config"));
    for (Map.Entry<String, String> entry : Json.strings(step.get("set")).entrySet()) {
      resource
          .configs()
          .add(
              new IncrementalAlterConfigsRequestData.AlterableConfig()
                  .setName(entry.getKey())
                  .setConfigOperation(AlterConfigOp.OpType.SET.id())
                  .setValue(entry.getValue()));
    }
    IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
    request.resources().add(resource);
    IncrementalAlterConfigsResponseData answer =
        (IncrementalAlterConfigsResponseData)
            call(port, ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request);
    return name(answer.responses().get(0).errorCode());
  }

  static String reassign(int port, JsonNode step) throws IOException {
    String partition = Json.text(step, "reassign");
    JsonNode replicas = step.get("replicas");
    AlterPartitionReassignmentsRequestData request =
        new AlterPartitionReassignmentsRequestData().setTimeoutMs(30_000);
    request
        .topics()
        .add(
            new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                .setName(topic(partition))
                .setPartitions(
                    List.of(
                        new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                            .setPartitionIndex(index(partition))
                            .setReplicas(
                                replicas == null || replicas.isNull() ? null : ids(replicas)))));
    AlterPartitionReassignmentsResponseData answer =
        (AlterPartitionReassignmentsResponseData)
            call(port, ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 0, request);
    if (answer.errorCode() != 0) return name(answer.errorCode());
    return name(answer.responses().get(0).partitions().get(0).errorCode());
  }

  static String deleteRecords(int port, JsonNode step) throws IOException {
    String partition = Json.text(step, "delete_records");
    DeleteRecordsRequestData request =
        new DeleteRecordsRequestData()
            .setTimeoutMs((int) Json.number(step, "timeout_ms", 30_000));
    request
        .topics()
        .add(
            new DeleteRecordsRequestData.DeleteRecordsTopic()
                .setName(topic(partition))
                .setPartitions(
                    List.of(
                        new DeleteRecordsRequestData.DeleteRecordsPartition()
                            .setPartitionIndex(index(partition))
                            .setOffset(Json.number(step, "before")))));
    DeleteRecordsResponseData.DeleteRecordsPartitionResult answer =
        ((DeleteRecordsResponseData) call(port, ApiKeys.DELETE_RECORDS, 2, request))
            .topics()
            .iterator()
            .next()
            .partitions()
            .iterator()
            .next();
    if (answer.errorCode() != 0) return name(answer.errorCode());
    return "NONE low_watermark " + answer.lowWatermark();
  }

  static String elect(int port, JsonNode step) throws IOException {
    String partition = Json.text(step, "elect");
    ElectionType type =
        switch (Json.text(step, "how")) {
          case "preferred" -> ElectionType.PREFERRED;
          case "unclean" -> ElectionType.UNCLEAN;
          default -> throw new UsageException("how: preferred or unclean: " + step);
        };
    ElectLeadersRequestData request =
        new ElectLeadersRequestData().setElectionType(type.value).setTimeoutMs(30_000);
    request
        .topicPartitions()
        .add(
            new ElectLeadersRequestData.TopicPartitions()
                .setTopic(topic(partition))
                .setPartitions(List.of(index(partition))));
    ElectLeadersResponseData answer =
        (ElectLeadersResponseData) call(port, ApiKeys.ELECT_LEADERS, 2, request);
    if (answer.errorCode() != 0) return name(answer.errorCode());
    return name(answer.replicaElectionResults().get(0).partitionResult().get(0).errorCode());
  }
}
