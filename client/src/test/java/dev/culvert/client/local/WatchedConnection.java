package dev.culvert.client.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.local.RequestRecord.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection with a watch on it; checks that every byte passes, untouched and at once. */
final class WatchedConnection {
  final List<RequestRecord> records = new ArrayList<>();
  private final HttpWatch watch;
  private final EmbeddedChannel requests;
  private final EmbeddedChannel responses;
  private final int pieceBytes;

  WatchedConnection() {
    this(Integer.MAX_VALUE);
  }

  /** Bytes go in pieces of at most {@code pieceBytes}. */
  WatchedConnection(int pieceBytes) {
    this(pieceBytes, null);
  }

  WatchedConnection(int pieceBytes, @Nullable RequestLog log) {
    this.pieceBytes = pieceBytes;
    watch = new HttpWatch(7, log == null ? records::add : log);
    requests = new EmbeddedChannel(watch.requestTap());
    responses = new EmbeddedChannel(watch.responseTap());
  }

  WatchedConnection request(String text) {
    pass(requests, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  WatchedConnection response(String text) {
    pass(responses, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private void pass(EmbeddedChannel channel, byte[] bytes) {
    List<ByteBuf> passed = new ArrayList<>();
    List<byte[]> memory = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += Math.min(pieceBytes, bytes.length)) {
      int length = Math.min(pieceBytes, bytes.length - i);
      ByteBuf piece = Unpooled.directBuffer(length + 64).writeBytes(bytes, i, length);
      memory.add(memory(piece));

      channel.writeInbound(piece);

      passed.add(channel.readInbound());
      assertThat(passed.getLast()).isSameAs(piece);
      assertThat(piece.readableBytes()).isEqualTo(length);
    }
    assertThat(passed.stream().map(WatchedConnection::memory)).containsExactlyElementsOf(memory);
    passed.forEach(ByteBuf::release);
  }

  /** What a buffer holds, and what lies behind it. */
  private static byte[] memory(ByteBuf bytes) {
    return ByteBufUtil.getBytes(bytes, 0, bytes.capacity());
  }

  WatchedConnection unreachable(String reason) {
    watch.serviceUnreachable(reason);
    return this;
  }

  WatchedConnection end() {
    watch.connectionEnded(null);
    return this;
  }

  WatchedConnection cut(String reason) {
    watch.connectionEnded(new IOException(reason));
    return this;
  }

  /** What was reported: method, target, status, bytes of the body, outcome. */
  List<String> lines() {
    return records.stream()
        .map(r ->
            "%s %s %d %d%s"
                .formatted(
                    r.method(),
                    r.target(),
                    r.status(),
                    r.responseBytes(),
                    r.outcome() == Outcome.COMPLETE ? "" : " " + r.outcome()))
        .toList();
  }
}
