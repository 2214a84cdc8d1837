package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.VisitorRules.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenBucketTest {
  private final Clock clock = new Clock();

  private int takeAll(TokenBucket bucket) {
    int taken = 0;
    while (bucket.take(clock.read()) == 0) {
      taken++;
    }
    return taken;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "10, 1", "600, 60", "7, 3600", "999999, 1"})
  void asManyAsTheRateSaysPassAtOnceAndAgainAfterItsTime(int requests, int seconds) {
    TokenBucket bucket = new TokenBucket(new Rate(requests, seconds), clock.read());

    assertThat(takeAll(bucket)).isEqualTo(requests);
    clock.advance(Duration.ofSeconds(seconds));
    assertThat(takeAll(bucket)).isEqualTo(requests);
    clock.advance(Duration.ofSeconds(seconds * 100L));
    assertThat(takeAll(bucket)).isEqualTo(requests);
  }

  @Test
  void theyComeBackOneByOne() {
    TokenBucket bucket = new TokenBucket(new Rate(10, 1), clock.read());
    takeAll(bucket);

    clock.advance(Duration.ofMillis(99));
    assertThat(takeAll(bucket)).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(takeAll(bucket)).isEqualTo(1);
    clock.advance(Duration.ofMillis(350));
    assertThat(takeAll(bucket)).isEqualTo(3);
  }

  @Test
  void tellsHowLongToWaitAndThatIsEnough() {
    TokenBucket bucket = new TokenBucket(new Rate(2, 10), clock.read());
    takeAll(bucket);
    clock.advance(Duration.ofSeconds(1));

    long wait = bucket.take(clock.read());

    assertThat(wait).isEqualTo(Duration.ofSeconds(4).toNanos());
    clock.advance(Duration.ofNanos(wait - 1));
    assertThat(bucket.take(clock.read())).isEqualTo(1);
    clock.advance(Duration.ofNanos(1));
    assertThat(bucket.take(clock.read())).isZero();
  }

  @Test
  void whatIsRefusedCostsNothing() {
    TokenBucket bucket = new TokenBucket(new Rate(1, 1), clock.read());
    takeAll(bucket);
    for (int i = 0; i < 1000; i++) {
      assertThat(bucket.take(clock.read())).isPositive();
    }

    clock.advance(Duration.ofSeconds(1));

    assertThat(bucket.take(clock.read())).isZero();
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    TokenBucket bucket = new TokenBucket(new Rate(3, 60), clock.read());
    takeAll(bucket);

    bucket.giveBack();

    assertThat(takeAll(bucket)).isEqualTo(1);
  }
}
