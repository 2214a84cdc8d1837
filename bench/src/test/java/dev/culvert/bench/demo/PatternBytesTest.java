package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PatternBytesTest {
  @Test
  void firstBytesAreTheDocumentedOnes() {
    byte[] first = new PatternBytes(0).next(8);

    assertThat(HexFormat.ofDelimiter(" ").formatHex(first)).isEqualTo("af cd 1d 7b 39 a8 20 e2");
  }

  @Test
  void sequenceIsTheSameHoweverItIsCut() {
    byte[] whole = new PatternBytes(9).next(200_000);
    PatternBytes cut = new PatternBytes(9);
    ByteBuf pieces = Unpooled.buffer();

    for (int i = 1; pieces.readableBytes() + i <= whole.length; i++) {
      cut.writeTo(pieces, i);
    }
    cut.writeTo(pieces, whole.length - pieces.readableBytes());

    assertThat(pieces).isEqualTo(Unpooled.wrappedBuffer(whole));
  }

  @Test
  void everyPositionOfAWrongByteIsFound() {
    for (int position = 0; position < 70_000; position += 997) {
      byte[] wrong = new PatternBytes(4).next(70_000);
      wrong[position] ^= 1;

      int found = new PatternBytes(4).mismatch(Unpooled.wrappedBuffer(wrong));

      assertThat(found).isEqualTo(position);
    }
  }

  @Test
  void sameBytesDoNotMismatch() {
    PatternBytes expected = new PatternBytes(4);
    PatternBytes sent = new PatternBytes(4);

    assertThat(expected.mismatch(Unpooled.wrappedBuffer(sent.next(40_000)))).isNegative();
    assertThat(expected.mismatch(Unpooled.wrappedBuffer(sent.next(3)))).isNegative();
    assertThat(expected.mismatch(Unpooled.wrappedBuffer(sent.next(40_000)))).isNegative();
  }
}
