package dev.culvert.bench.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class CarrierTest {
  static Stream<Arguments> all() {
    return Arrays.stream(Carrier.values())
        .flatMap(carrier ->
            Arrays.stream(Bearer.values())
                .flatMap(bearer ->
                    Arrays.stream(Sockets.values())
                        .map(sockets -> Arguments.of(carrier, bearer, sockets))));
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyMessageIsCountedAtTheOtherEnd(Carrier carrier, Bearer bearer, Sockets sockets)
      throws Exception {
    assumeThat(sockets.unavailability()).isNull();
    Tally received = new Tally();
    MessageSender sender = new MessageSender(100);

    try (Opener opener = carrier.start(bearer, sockets, Sink.acceptor(received))) {
      opener.openNow(sender);
      sender.send(500);
      received.await(50_000);
    }

    assertThat(received.count()).isEqualTo(50_000);
  }

  @ParameterizedTest
  @MethodSource("all")
  void messagesComeBackBesideThoseThatNobodyReads(Carrier carrier, Bearer bearer, Sockets sockets)
      throws Exception {
    assumeThat(sockets.unavailability()).isNull();
    Tally returned = new Tally();
    Echoed echoed = new Echoed(64, returned);

    try (Opener opener =
        carrier.start(
            bearer, sockets, Accepted.acceptor(new Tally(), new CopyOnWriteArrayList<>()))) {
      opener.openNow(new Unread());
      opener.openNow(echoed);
      echoed.send(50);
      returned.await(50);
    }

    assertThat(returned.count()).isEqualTo(50);
  }

  @Test
  void whoeverWaitsHearsOfTheFailure() {
    Tally tally = new Tally();
    tally.add(1);
    tally.fail(new AssertionError("first"));
    tally.fail(new AssertionError("second"));

    assertThatIllegalStateException()
        .isThrownBy(() -> tally.await(1))
        .havingCause()
        .withMessage("first");
  }
}
