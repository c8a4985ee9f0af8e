// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One request on a connection of its own, without a client's retries: what the broker itself says.
 */
final class Wire {
  private static final int CONNECT_MS = 2000;

  private Wire() {}

  /**
   * IOException: the connection could not be had or broke (EOFException), or there was no answer in
   * time (SocketTimeoutException).
   */
  static ApiMessage call(int port, ApiKeys key, int version, ApiMessage body, int patienceMs)
      throws IOException {
    RequestHeader header = new RequestHeader(key, (short) version, "script", 0);
    try (Socket socket = open(port, patienceMs)) {
      send(socket, header, body, version);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readInt()];
      in.readFully(answer);
      return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header).data();
    }
  }

  /**
   * For acks=0: the broker says nothing. Waits until it has taken the request, which a second one
   * on the same connection shows: it is answered after the first, or the connection is closed.
   */
  static void callWithoutAnswer(
      int port, ApiKeys key, int version, ApiMessage body, ApiKeys then, ApiMessage probe)
      throws IOException {
    try (Socket socket = open(port, 10_000)) {
      send(socket, new RequestHeader(key, (short) version, "script", 0), body, version);
      int probed = then.latestVersion();
      send(socket, new RequestHeader(then, (short) probed, "script", 1), probe, probed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readInt()];
      in.readFully(answer);
      if (ByteBuffer.wrap(answer).getInt() != 1) throw new EOFException("another answer");
    }
  }

  private static Socket open(int port, int patienceMs) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
    socket.setSoTimeout(patienceMs);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void send(Socket socket, RequestHeader header, ApiMessage body, int version)
      throws IOException {
    ByteBuffer head =
        MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
    ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, (short) version).buffer();
    ByteBuffer all = ByteBuffer.allocate(4 + head.remaining() + rest.remaining());
    all.putInt(head.remaining() + rest.remaining()).put(head).put(rest);
    socket.getOutputStream().write(all.array());
    socket.getOutputStream().flush();
  }
}
