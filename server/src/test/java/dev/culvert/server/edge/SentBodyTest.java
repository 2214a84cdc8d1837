package dev.culvert.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of a body, and for how long. */
final class SentBodyTest {
  private final SentBody body = new SentBody();
  private final ByteBuf bytes = Unpooled.wrappedBuffer(new byte[SentBody.MAX_BYTES]);
  private final HttpContent part = new DefaultHttpContent(bytes);
  private final ArrayDeque<HttpContent> waiting = new ArrayDeque<>();

  @AfterEach
  void nothingIsLeft() {
    body.forget();
    waiting.forEach(HttpContent::release);
    assertThat(bytes.refCnt()).isOne();
    part.release();
  }

  @Test
  void whatWasSentComesAheadOfWhatWaits() {
    body.add(part, true);
    waiting.add(LastHttpContent.EMPTY_LAST_CONTENT);

    body.moveTo(waiting);

    assertThat(waiting).hasSize(2);
    assertThat(waiting.getFirst().content()).isEqualTo(bytes);
    assertThat(waiting.getLast()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  @Test
  void whatIsForgottenIsReleasedAndNothingMoreIsKept() {
    body.add(part, true);
    assertThat(bytes.refCnt()).isEqualTo(2);

    body.forget();
    body.add(part, true);

    assertThat(bytes.refCnt()).isOne();
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void bytesAreForgottenOnceAServiceIsReachedButNotThatThereAreNone() {
    body.add(LastHttpContent.EMPTY_LAST_CONTENT, true);
    body.reached();
    assertThat(body.isWhole()).isTrue();

    body.moveTo(waiting);
    assertThat(waiting).hasSize(1);
    body.add(part, true);
    assertThat(bytes.refCnt()).isEqualTo(2);
    body.reached();

    assertThat(bytes.refCnt()).isOne();
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void bytesBehindThatAreNotKept() {
    body.reached();

    body.add(part, true);

    assertThat(bytes.refCnt()).isOne();
  }

  @Test
  void oneByteTooManyIsNothing() {
    body.add(part, true);

    body.add(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1])), true);

    assertThat(bytes.refCnt()).isOne();
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void whatNobodyWantsKeptIsNot() {
    body.add(LastHttpContent.EMPTY_LAST_CONTENT, false);
    assertThat(body.isWhole()).isTrue();

    body.add(part, false);

    assertThat(bytes.refCnt()).isOne();
    assertThat(body.isWhole()).isFalse();
  }

  @Test
  void whatWentToOneMemberMayGoToAThird() {
    body.add(part, true);
    body.moveTo(waiting);
    HttpContent again = waiting.remove();
    body.add(again, true);
    again.release();

    body.moveTo(waiting);

    assertThat(body.isWhole()).isTrue();
    assertThat(waiting).hasSize(1);
  }
}
