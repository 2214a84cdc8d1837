package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class Http2StreamOrderTest {
  private final Http2StreamOrder order = new Http2StreamOrder();

  private static void assertEnds(Http2Error error, ThrowingCallable frame) {
    assertThatThrownBy(frame)
        .isInstanceOfSatisfying(
            Http2Exception.class,
            failure -> {
              assertThat(failure.error()).isEqualTo(error);
              assertThat(Http2Exception.isStreamError(failure)).isFalse();
            });
  }

  @Test
  void requestsInTheirOrderAreGood() throws Exception {
    for (int stream = 1; stream < 1000; stream += 2) {
      order.receiveHead(stream, false);
      order.receiveData(stream, false);
      order.receiveHead(stream, true); // trailers
    }
  }

  @Test
  void streamThatWasPassedOverCannotBegin() throws Exception {
    order.receiveHead(5, true);

    assertEnds(Http2Error.PROTOCOL_ERROR, () -> order.receiveHead(3, true));
    assertEnds(Http2Error.PROTOCOL_ERROR, () -> order.receiveHead(1, true));
  }

  @Test
  void streamsOnBothSidesOfAGapAreGood() throws Exception {
    order.receiveHead(3, false);
    order.receiveHead(9, false);

    order.receiveHead(3, true);
    order.receiveHead(9, true);
    assertEnds(Http2Error.PROTOCOL_ERROR, () -> order.receiveHead(5, true));
    assertEnds(Http2Error.PROTOCOL_ERROR, () -> order.receiveHead(7, true));
  }

  @Test
  void streamThatEndedWithItsHeadHasNoOther() throws Exception {
    order.receiveHead(1, true);

    assertEnds(Http2Error.STREAM_CLOSED, () -> order.receiveHead(1, true));
  }

  @Test
  void streamThatEndedWithDataHasNoTrailers() throws Exception {
    order.receiveHead(1, false);
    order.receiveData(1, true);

    assertEnds(Http2Error.STREAM_CLOSED, () -> order.receiveHead(1, true));
  }

  @Test
  void asManyEndedStreamsAreRememberedAsCanBeOpen() throws Exception {
    for (int i = 0; i < Http2Codec.MAX_STREAMS; i++) {
      order.receiveHead(2 * i + 1, true);
    }

    assertEnds(Http2Error.STREAM_CLOSED, () -> order.receiveHead(1, true));
  }

  @Test
  void othersAreLeftToTheCodec() throws Exception {
    for (int i = 0; i <= Http2Codec.MAX_STREAMS; i++) {
      order.receiveHead(2 * i + 1, true);
    }

    order.receiveHead(1, true);
  }
}
