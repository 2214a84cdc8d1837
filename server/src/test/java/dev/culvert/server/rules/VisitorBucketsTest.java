package dev.culvert.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.VisitorRules.Rate;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VisitorBucketsTest {
  private static final Rate ONE = new Rate(1, 60);
  private final Clock clock = new Clock();
  private final VisitorBuckets buckets = new VisitorBuckets(clock);
  private final Object use = new Object();

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(text));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "0.0.0.1, ::1, false",
    "0.0.0.0, ::1, false",
  })
  void visitorIsAnAddressOrItsHousehold(String one, String other, boolean same)
      throws UnknownHostException {
    assertThat(buckets.of(address(one), use, ONE) == buckets.of(address(other), use, ONE))
        .isEqualTo(same);
  }

  @Test
  void mappedAddressIsTheSameVisitor() throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = bytes[11] = (byte) 0xff;
    bytes[15] = 9;

    assertThat(buckets.of(Inet6Address.getByAddress(null, bytes, 0), use, ONE))
        .isSameAs(buckets.of(address("0.0.0.9"), use, ONE));
  }

  @Test
  void eachUseIsCountedForItself() throws UnknownHostException {
    assertThat(buckets.of(address("::1"), use, ONE))
        .isNotSameAs(buckets.of(address("::1"), new Object(), ONE));
  }

  @Test
  void asManyVisitorsAsThereAreTakeABoundedPlace() throws UnknownHostException {
    for (int i = 0; i < 3 * VisitorBuckets.MAX; i++) {
      byte[] bytes = ByteBuffer.allocate(4).putInt(i).array();
      buckets.of(InetAddress.getByAddress(bytes), use, ONE).take(clock.read());
    }

    assertThat(buckets.size()).isLessThanOrEqualTo(VisitorBuckets.MAX);
  }

  @Test
  void whoHasBeenAwayForAnHourIsForgotten() throws UnknownHostException {
    buckets.of(address("::1"), use, ONE);

    clock.advance(Duration.ofHours(1));

    assertThat(buckets.size()).isZero();
  }
}
