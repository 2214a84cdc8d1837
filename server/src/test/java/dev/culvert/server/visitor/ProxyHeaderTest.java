package dev.culvert.server.visitor;

import static dev.culvert.server.visitor.ProxyHeaders.IPV4;
import static dev.culvert.server.visitor.ProxyHeaders.IPV6;
import static dev.culvert.server.visitor.ProxyHeaders.LOCAL;
import static dev.culvert.server.visitor.ProxyHeaders.PROXY;
import static dev.culvert.server.visitor.ProxyHeaders.TCP4;
import static dev.culvert.server.visitor.ProxyHeaders.TCP6;
import static dev.culvert.server.visitor.ProxyHeaders.UDP4;
import static dev.culvert.server.visitor.ProxyHeaders.UNIX;
import static dev.culvert.server.visitor.ProxyHeaders.UNSPECIFIED;
import static dev.culvert.server.visitor.ProxyHeaders.field;
import static dev.culvert.server.visitor.ProxyHeaders.tlsField;
import static dev.culvert.server.visitor.ProxyHeaders.v2;
import static dev.culvert.server.visitor.ProxyHeaders.v2OfLength;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers of balancers, good and bad. */
final class ProxyHeaderTest {
  private static final Doorway DOORWAY =
      new Doorway(Networks.of(List.of("10.0.0.0/8")), Networks.NONE, 1000);

  private static VisitorChannel fromBalancer() {
    return new VisitorChannel("10.1.2.3").enter(DOORWAY);
  }

  private static byte[] v1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static Stream<Arguments> headers() {
    String four = "/192.0.2.7:4000";
    String six = "/[2001:db8:0:0:0:0:0:7]:4000";
    String balancer = "/10.1.2.3:4711";
    byte[] paths = new byte[216];
    paths[0] = 'a';
    paths[108] = 'b';
    byte[] fields = field(0x05, new byte[128]);
    return Stream.of(
        Arguments.of("v1 TCP4", v1("PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\n"), four),
        Arguments.of("v1 TCP6", v1("PROXY TCP6 2001:db8::7 2001:db8::1 4000 443\r\n"), six),
        Arguments.of(
            "v1 mapped", v1("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 4000 443\r\n"), four),
        Arguments.of("v1 unknown", v1("PROXY UNKNOWN\r\n"), balancer),
        Arguments.of(
            "v1 unknown with addresses", v1("PROXY UNKNOWN ffff:f...f:ffff ::1 1 2\r\n"), balancer),
        Arguments.of("v2 TCP4", v2(PROXY, TCP4, IPV4), four),
        Arguments.of("v2 TCP6", v2(PROXY, TCP6, IPV6), six),
        Arguments.of("v2 with a field", v2(PROXY, TCP4, IPV4, fields), four),
        Arguments.of(
            "v2 over TLS", v2(PROXY, TCP4, IPV4, tlsField(field(0x21, v1("TLSv1.3")))), four),
        Arguments.of("v2 with padding", v2(PROXY, TCP4, IPV4, new byte[2]), four),
        Arguments.of(
            "v2 with 3 KiB of fields", v2(PROXY, TCP4, IPV4, field(0xE0, new byte[3000])), four),
        Arguments.of("v2 local", v2(LOCAL, UNSPECIFIED), balancer),
        Arguments.of("v2 local with addresses", v2(LOCAL, TCP4, IPV4, fields), balancer),
        Arguments.of("v2 unspecified", v2(PROXY, UNSPECIFIED, fields), balancer),
        Arguments.of("v2 UNIX", v2(PROXY, UNIX, paths), balancer),
        Arguments.of("v2 UDP", v2(PROXY, UDP4, IPV4), balancer));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("headers")
  void headerTellsTheVisitorAndWhatIsBehindItPasses(String name, byte[] header, String visitor) {
    VisitorChannel channel = fromBalancer();

    channel.bring(header);
    channel.bring("GET /");

    assertThat(channel.isAccepted()).isTrue();
    assertThat(Source.address(channel)).hasToString(visitor);
    assertThat(channel.received()).isEqualTo("GET /");
    channel.leave();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("headers")
  void headerComesInOneReadWithWhatIsBehindIt(String name, byte[] header, String visitor) {
    VisitorChannel channel = fromBalancer();

    byte[] all = new byte[header.length + 5];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(v1("GET /"), 0, all, header.length, 5);
    channel.bring(all);

    assertThat(Source.address(channel)).hasToString(visitor);
    assertThat(channel.received()).isEqualTo("GET /");
    channel.leave();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("headers")
  void headerComesByteByByte(String name, byte[] header, String visitor) {
    VisitorChannel channel = fromBalancer();

    for (byte b : header) {
      channel.bring(new byte[] {b});
    }
    channel.bring("GET /");

    assertThat(Source.address(channel)).hasToString(visitor);
    assertThat(channel.received()).isEqualTo("GET /");
    channel.leave();
  }

  @Test
  void theAddressThatWasAskedForIsToldToo() {
    VisitorChannel channel = fromBalancer();

    channel.bring(v2(PROXY, TCP4, IPV4));

    assertThat(Source.localAddress(channel)).hasToString("/198.51.100.1:443");
    channel.leave();
  }

  static Stream<Arguments> malformed() {
    byte[] wrongVersion = v2(PROXY, TCP4, IPV4);
    wrongVersion[12] = 0x11;
    byte[] deep = field(0x21, v1("TLSv1.3"));
    for (int i = 0; i < 200; i++) {
      deep = tlsField(deep);
    }
    return Stream.of(
        Arguments.of("a request", v1("GET / HTTP/1.1\r\nHost: a.localhost\r\n\r\n")),
        Arguments.of("TLS", HexFormat.of().parseHex("16030100c8010000c40303" + "ab".repeat(300))),
        Arguments.of("lower case", v1("proxy TCP4 192.0.2.7 198.51.100.1 4000 443\r\n")),
        Arguments.of(
            "bare line feed", v1("PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\n" + "x".repeat(99))),
        Arguments.of("too long", v1("PROXY UNKNOWN " + "x".repeat(100) + "\r\n")),
        Arguments.of("endless", v1("PROXY UNKNOWN " + "x".repeat(5000))),
        Arguments.of("no address", v1("PROXY TCP4 192.0.2.7.1 198.51.100.1 4000 443\r\n")),
        Arguments.of("name", v1("PROXY TCP4 localhost 198.51.100.1 4000 443\r\n")),
        Arguments.of("IPv6 as IPv4", v1("PROXY TCP4 ::1 ::1 4000 443\r\n")),
        Arguments.of("port", v1("PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n")),
        Arguments.of("too few", v1("PROXY TCP4 192.0.2.7 198.51.100.1 443\r\n")),
        Arguments.of("UDP in v1", v1("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n")),
        Arguments.of("v2 of version 1", wrongVersion),
        Arguments.of("v2 with another command", v2(0x22, TCP4, IPV4)),
        Arguments.of("v2 of another family", v2(PROXY, 0x41, IPV4)),
        Arguments.of("v2 with half an address", v2(PROXY, TCP6, IPV4)),
        Arguments.of(
            "v2 with a field beyond its end", v2(PROXY, TCP4, IPV4, new byte[] {5, 1, 0, 0})),
        Arguments.of(
            "v2 with TLS beyond its end", v2(PROXY, TCP4, IPV4, new byte[] {0x20, 1, 0, 0})),
        Arguments.of("v2 with deep TLS", v2(PROXY, TCP4, IPV4, deep)),
        Arguments.of(
            "v2 that is too long", v2OfLength(65_535, PROXY, TCP4, IPV4, new byte[65_523])),
        Arguments.of("v2 with 5 KiB", v2(PROXY, TCP4, IPV4, field(0xE0, new byte[5000]))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void malformedHeaderClosesAndNothingOfItPasses(String name, byte[] header) {
    VisitorChannel channel = fromBalancer();

    channel.bring(header);

    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.isAccepted()).isFalse();
    channel.leave();
  }

  @Test
  void goodHeaderBehindABadOneIsNotTaken() {
    byte[] bad = v1("PROXY TCP4 nobody 198.51.100.1 4000 443\r\n");
    byte[] good = v1("PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\n");
    byte[] both = new byte[bad.length + good.length];
    System.arraycopy(bad, 0, both, 0, bad.length);
    System.arraycopy(good, 0, both, bad.length, good.length);
    VisitorChannel channel = fromBalancer();

    channel.bring(both);
    channel.leave();

    assertThat(channel.isAccepted()).isFalse();
  }

  @Test
  void lengthThatSaysMoreThanIsAllowedEndsItBeforeTheRestHasCome() {
    VisitorChannel channel = fromBalancer();

    channel.bring(v2OfLength(65_535, PROXY, TCP4, IPV4, new byte[4100]));

    assertThat(channel.isOpen()).isFalse();
    channel.leave();
  }

  @Test
  void headerMustBeThereWithinTenSecondsHoweverItTrickles() {
    VisitorChannel channel = fromBalancer();
    for (int i = 0; i < 9; i++) {
      channel.bring("PROXY TCP4 ".substring(i, i + 1));
      channel.pass(1000);
    }
    channel.pass(999);
    assertThat(channel.isOpen()).isTrue();

    channel.pass(1);

    assertThat(channel.isOpen()).isFalse();
    channel.leave();
  }

  @Test
  void nobodyIsCutOffLateWhoseHeaderWasInTime() {
    VisitorChannel channel = fromBalancer();
    channel.bring(v2(PROXY, TCP4, IPV4));

    channel.pass(60_000);

    assertThat(channel.isOpen()).isTrue();
    channel.leave();
  }

  @Test
  void balancerThatFinishesWithinItsHeaderIsClosed() {
    VisitorChannel channel = fromBalancer();
    channel.bring("PROXY TCP4 ");

    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(channel.isOpen()).isFalse();
    channel.leave();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.9", "11.0.0.1", "2001:db8::9"})
  void headerOfAnybodyElseIsWhatTheVisitorSent(String address) {
    VisitorChannel channel = new VisitorChannel(address).enter(DOORWAY);

    channel.bring("PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\n");

    assertThat(Source.address(channel)).isEqualTo(VisitorChannel.address(address, 4711));
    assertThat(channel.received()).startsWith("PROXY TCP4 ");
    channel.leave();
  }

  @Test
  void secondHeaderIsWhatTheVisitorSent() {
    VisitorChannel channel = fromBalancer();

    channel.bring(v2(PROXY, TCP4, IPV4));
    channel.bring("PROXY TCP4 6.6.6.6 198.51.100.1 4000 443\r\n");

    assertThat(Source.address(channel)).hasToString("/192.0.2.7:4000");
    assertThat(channel.received()).startsWith("PROXY TCP4 6.6.6.6");
    channel.leave();
  }

  @Test
  void noBytesDoMoreThanOpenOrCloseTheDoorAndAllAreGivenBack() {
    Random random = new Random(42);
    byte[] whole =
        v2(PROXY, TCP4, IPV4, tlsField(tlsField(field(0x21, v1("TLSv1.3")))), field(1, v1("h2")));
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = whole.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt(256);
      }
      VisitorChannel channel = fromBalancer();

      ByteBuf kept = Unpooled.copiedBuffer(bytes);
      channel.bring(kept.retain());

      assertThat(channel.isAccepted() && !channel.isOpen()).as("round %d", round).isFalse();
      channel.leave();
      assertThat(kept.refCnt()).as("references after round %d", round).isOne();
      kept.release();
    }
  }
}
