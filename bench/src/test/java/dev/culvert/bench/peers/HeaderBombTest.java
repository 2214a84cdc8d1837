package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that are small on the wire and large in memory, or that cannot be decoded. */
@Timeout(60)
@ExtendWith(AttackedServer.Resolver.class)
final class HeaderBombTest {
  private static final int INDEXED = 0x80;
  private static final int INDEXING = 0x40;
  private static final int FIRST_DYNAMIC = 62;
  private static final int MAX_FRAME_BYTES = 16_384;

  /** The head of a GET, of which one field of 4,000 bytes is named thousands of times. */
  private static byte[] bomb(String host) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.block(RawHttp2.get(host, "/")));
    byte[] field = RawHttp2.block("x=" + "a".repeat(4000));
    field[0] = INDEXING;
    block.writeBytes(field);
    byte[] references = new byte[MAX_FRAME_BYTES - block.size()];
    Arrays.fill(references, (byte) (INDEXED | FIRST_DYNAMIC));
    block.writeBytes(references);
    return block.toByteArray();
  }

  @Test
  void headThatUnfoldsIsRefusedEachTime(AttackedServer server) throws Exception {
    int before = server.upstreams();
    GoodHttp2 good = server.goodVisitor();
    byte[] bomb = bomb(server.host());
    try (RawHttp2 attacker = server.visit()) {
      for (int stream = 1; stream < 200; stream += 2) {
        attacker.frame(RawHttp2.HEADERS, RawHttp2.WHOLE, stream, bomb);
        attacker.flush();

        assertThat(attacker.answer(stream)).startsWith("431 ");
      }
    }
    server.assertWell(good);
    assertThat(server.upstreams() - before).as("upstreams").isLessThan(20);
  }

  static Stream<Arguments> undecodable() {
    return Stream.of(
        Arguments.argumentSet("index 0", new byte[] {(byte) INDEXED}),
        Arguments.argumentSet("index beyond the table", new byte[] {(byte) 0xff, 0x7f}),
        Arguments.argumentSet(
            "endless number",
            new byte[] {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}),
        Arguments.argumentSet("table of 4,097 bytes", new byte[] {0x3f, (byte) 0xe2, 0x1f}),
        Arguments.argumentSet("name that is not there", new byte[] {0, 5, 'a'}),
        Arguments.argumentSet("Huffman code that is none", new byte[] {0, (byte) 0x81, 0, 0}));
  }

  @ParameterizedTest
  @MethodSource("undecodable")
  void headThatCannotBeDecodedEndsTheConnection(byte[] block, AttackedServer server)
      throws Exception {
    GoodHttp2 good = server.goodVisitor();
    try (RawHttp2 attacker = server.visit()) {
      attacker.frame(RawHttp2.HEADERS, RawHttp2.WHOLE, 1, block);
      attacker.flush();

      assertThat(attacker.end()).isEqualTo("GOAWAY COMPRESSION_ERROR");
    }
    server.assertWell(good);
  }
}
